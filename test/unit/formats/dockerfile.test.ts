import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../src/core/formats/dockerfile/dockerfile.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { Dockerfile } from '../../../src/core/model/envelope.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { textAt, told } from './configSupport.js';

const HEX = '0123456789abcdef'.repeat(4);
const PINNED = `ubuntu:24.04@sha256:${HEX}`;
const EPOCH = 'ENV SOURCE_DATE_EPOCH=1767225600';
const parse = (text: string): Dockerfile =>
  parseDockerfile(text, 'Dockerfile' as RepoPath, HEX as Sha256);
/** Findings of a file that is in order but for these lines. */
const inBody = (...lines: string[]): string[] => {
  const text = [`FROM ${PINNED}`, EPOCH, ...lines, ''].join('\n');
  return told(text, parse(text).findings);
};
const bases = (text: string) => parse(text).bases.map(({ reference }) => reference);

describe('Dockerfile: base images', () => {
  it('is clean when all are pinned and the epoch is set', () => {
    const { clean, findings, bases } = parse(`FROM ${PINNED}\n${EPOCH}\n`);
    assert.equal(clean, true);
    assert.deepEqual(findings, []);
    assert.equal(bases[0]?.digest, HEX);
    assert.equal(bases[0].internal, false);
  });
  it('points at a reference without a digest', () => {
    const text = `${EPOCH.replace('ENV', 'ARG')}\nFROM --platform=linux/amd64 ubuntu:24.04 AS base\n${EPOCH}\n`;
    const { clean, findings } = parse(text);
    assert.equal(clean, false);
    assert.deepEqual(told(text, findings), ['error image-not-pinned: ubuntu:24.04']);
  });
  for (const bad of [
    '@sha256:abc',
    `@sha256:${HEX.toUpperCase()}`,
    `@sha256:${HEX}0`,
    `@sha512:${HEX}`,
  ]) {
    it(`refuses ${bad.slice(0, 20)}`, () => {
      const text = `FROM ubuntu${bad}\n${EPOCH}\n`;
      const { clean, findings } = parse(text);
      assert.equal(clean, false);
      assert.deepEqual(told(text, findings), [`error image-digest-malformed: ubuntu${bad}`]);
    });
  }
  it('asks no digest of scratch and of earlier stages, by any case', () => {
    const text = `FROM ${PINNED} AS Build\nFROM scratch\nFROM build as two\nFROM TWO\n${EPOCH}\n`;
    const { clean, findings, bases } = parse(text);
    assert.deepEqual(told(text, findings), []);
    assert.deepEqual(
      bases.map(({ internal }) => internal),
      [false, true, true, true],
    );
    assert.equal(clean, true);
  });
  it('takes a later stage, a number and the own name for an image', () => {
    const text = `FROM later AS later\nFROM 0\n${EPOCH}\n`;
    assert.deepEqual(told(text, parse(text).findings), [
      'error image-not-pinned: later',
      'error image-not-pinned: 0',
    ]);
  });
  it('replaces arguments with their defaults, and says that they can be replaced', () => {
    const text = `ARG D=@sha256:${HEX}\nARG I="ubuntu:24.04"\nFROM \${I}$D\n${EPOCH}\n`;
    const { clean, findings, bases } = parse(text);
    assert.equal(bases[0]?.digest, HEX);
    assert.deepEqual(told(text, findings), ['info image-by-argument: ${I}$D']);
    assert.equal(clean, true);
  });
  it('knows defaults and alternatives of a variable', () => {
    assert.deepEqual(
      bases('ARG A=a\nARG E=\nFROM ${A:-x}${E:-y}${E-z}${N:-${A}}${A:+p}${N:+q}\n'),
      ['ayap'],
    );
  });
  it('does not know arguments from inside a stage, nor those without a default', () => {
    const text = `ARG TAG\nFROM ${PINNED}\nARG IN=1\n${EPOCH}\nFROM x:$TAG\nFROM y:$IN\n`;
    const { clean, findings, bases } = parse(text);
    assert.deepEqual(told(text, findings), [
      'error image-unresolved: x:$TAG',
      'error image-unresolved: y:$IN',
    ]);
    assert.deepEqual(bases.map(({ reference }) => reference).slice(1), ['x:$TAG', 'y:$IN']);
    assert.equal(clean, false);
  });
  it('takes a stage that is named after the platform for a stage', () => {
    const text = `FROM ${PINNED} AS base-amd64\nFROM base-$TARGETARCH\n${EPOCH}\n`;
    assert.deepEqual(parse(text).findings, []);
  });
  it('needs a FROM: an empty file is not clean', () => {
    for (const text of ['', '# nothing\n', 'ARG A=1\n']) {
      const { clean, findings } = parse(text);
      assert.equal(clean, false);
      assert.deepEqual(
        findings.map(({ code }) => code),
        ['dockerfile-syntax'],
      );
    }
  });
  it('names what the builder would refuse', () => {
    const text = `RUN true\nFROM\nFROM a b\nFROM ${PINNED} AS\nFORM x\n${EPOCH}\n`;
    const { clean, findings } = parse(text);
    assert.equal(clean, false);
    assert.deepEqual(
      told(text, findings).filter((line) => line.includes('syntax')),
      ['RUN', 'FROM', 'FROM', 'FROM', 'FORM'].map((word) => `error dockerfile-syntax: ${word}`),
    );
  });
  it('sees other images that files are taken from', () => {
    assert.deepEqual(
      inBody(
        'COPY --from=nginx:1 /a /b',
        'COPY --from=0 /a /b',
        `COPY --from=x@sha256:${HEX} a b`,
        'RUN --mount=type=bind,from=alpine,target=/x true',
      ),
      ['warning image-not-pinned: nginx:1', 'warning image-not-pinned: alpine'],
    );
    const text = `# syntax=docker/dockerfile:1\nFROM ${PINNED}\n${EPOCH}\n`;
    assert.deepEqual(told(text, parse(text).findings), [
      'info image-not-pinned: docker/dockerfile:1',
    ]);
    assert.equal(parse(text).clean, true);
  });
});

describe('Dockerfile: lines', () => {
  it('joins continued lines, over comments and empty ones, and points into them', () => {
    const text = `FROM \\  \n  # a comment\n\n   ubuntu:24.04 \\\r\n AS x\r\n${EPOCH}\n`;
    const { findings } = parse(text);
    assert.deepEqual(told(text, findings), ['error image-not-pinned: ubuntu:24.04']);
    assert.equal(findings[0]?.place?.span.start.line, 4);
    assert.equal(findings[0].place.span.start.column, 4);
  });
  it('continues lines with the character of the escape directive, and with no other', () => {
    const text = `# escape=\`\nFROM \`\n ${PINNED}\n${EPOCH}\nRUN echo c:\\\nFORM\n`;
    assert.deepEqual(told(text, parse(text).findings), ['error dockerfile-syntax: FORM']);
  });
  it('takes directives only from the very top', () => {
    const text = `# hello\n# escape=\`\nFROM \\\n ${PINNED}\n${EPOCH}\n`;
    assert.equal(parse(text).clean, true);
  });
  it('ignores a byte-order mark', () => {
    const { clean, findings } = parse(`\ufeffFROM ubuntu\n${EPOCH}\n`);
    assert.equal(clean, false);
    assert.deepEqual(findings[0]?.place?.span.start, { line: 1, column: 6 });
  });
  it('reads here-documents as scripts of a shell, and as data of anything else', () => {
    assert.deepEqual(
      inBody(
        'RUN <<EOF',
        'apt-get install -y gcc',
        'FROM nothing',
        'EOF',
        'RUN cat <<"A" >x && cat <<-B >y',
        'apt-get install -y make',
        'A',
        'FORM',
        '\tB',
        'RUN bash -e <<EOF',
        'pip install x',
        'EOF',
        'RUN <<EOF',
        '#!/usr/bin/python3',
        'apt-get install -y make',
        'EOF',
      ),
      ['warning package-not-pinned: gcc', 'warning package-not-pinned: x'],
    );
  });
  it('says when a here-document does not end', () => {
    const text = `FROM ${PINNED}\n${EPOCH}\nRUN <<EOF\necho\n`;
    assert.deepEqual(told(text, parse(text).findings), ['error dockerfile-syntax: RUN']);
    assert.equal(parse(text).clean, false);
  });
  it('reads neither shifts nor here-strings nor quoted text as here-documents', () => {
    assert.deepEqual(inBody('RUN echo $((1 << 2)) "<<EOF" && cat <<<word', 'RUN true'), []);
  });
});

describe('Dockerfile: the time of the build', () => {
  const body = (...lines: string[]) => {
    const text = [`FROM ${PINNED}`, ...lines, ''].join('\n');
    return { ...parse(text), text };
  };
  const gap = (...lines: string[]): string => {
    const { findings, clean } = body(...lines);
    const finding = findings.find(({ code }) => code === 'epoch-not-set');
    assert.equal(clean, finding === undefined);
    return finding?.code === 'epoch-not-set' ? finding.gap : 'set';
  };
  it('knows whether a stage sets it', () => {
    assert.equal(gap(), 'absent');
    assert.equal(gap('ENV SOURCE_DATE_EPOCH 1767225600'), 'set');
    assert.equal(gap('ENV A=1 SOURCE_DATE_EPOCH="0"'), 'set');
    assert.equal(gap('ARG SOURCE_DATE_EPOCH=0'), 'set');
    assert.equal(gap('ARG SOURCE_DATE_EPOCH'), 'no-value');
    assert.equal(gap('ENV SOURCE_DATE_EPOCH='), 'no-value');
    assert.equal(gap('ARG E=7', 'ENV SOURCE_DATE_EPOCH=$E'), 'set');
    assert.equal(gap('ENV SOURCE_DATE_EPOCH=$E'), 'no-value');
    assert.equal(gap('ENV SOURCE_DATE_EPOCH=yesterday'), 'not-a-number');
    assert.equal(gap('# ENV SOURCE_DATE_EPOCH=1'), 'absent');
    assert.equal(gap('LABEL SOURCE_DATE_EPOCH=1'), 'absent');
    assert.equal(gap('RUN SOURCE_DATE_EPOCH=1 make'), 'absent');
  });
  it('points at what it is about', () => {
    const { text, findings } = body('ENV A=1 SOURCE_DATE_EPOCH=x');
    assert.equal(textAt(text, findings[0]!), 'SOURCE_DATE_EPOCH=x');
  });
  it('takes an argument from before the first FROM only where a stage asks for it', () => {
    const before = `ARG SOURCE_DATE_EPOCH=1\nFROM ${PINNED}\n`;
    assert.equal(parse(before).clean, false);
    assert.equal(parse(`${before}ARG SOURCE_DATE_EPOCH\n`).clean, true);
  });
});
