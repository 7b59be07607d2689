import assert from 'node:assert/strict';
import {
  MOST_DOCKERFILE,
  parseDockerfile,
} from '../../../src/core/formats/dockerfile/dockerfile.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { sentence } from '../../../src/core/words/findings.js';
import { told } from './configSupport.js';

const HEX = '0123456789abcdef'.repeat(4);
const HEAD = `FROM ubuntu@sha256:${HEX}\nENV SOURCE_DATE_EPOCH=0\n`;

/** What is found behind a head that is in order, and whether the file is clean. */
function found(...lines: string[]): { clean: boolean; lines: string[] } {
  const text = `${HEAD}${lines.join('\n')}\n`;
  const file = parseDockerfile(text, 'Dockerfile' as RepoPath, HEX as Sha256);
  return { clean: file.clean, lines: told(text, file.findings) };
}
const unpinned = (...lines: string[]): string[] => {
  const prefix = 'warning package-not-pinned: ';
  return found(...lines)
    .lines.filter((line) => line.startsWith(prefix))
    .map((line) => line.slice(prefix.length));
};

describe('Dockerfile: apt', () => {
  it('points at every package without a version, and stops where the command does', () => {
    const { clean, lines } = found(
      'RUN apt-get update && apt-get install -y --no-install-recommends \\',
      '      gcc=4:13.2 make \\',
      '      "git" && rm -rf /var/lib/apt/lists; echo curl | cat',
    );
    assert.equal(clean, false);
    assert.deepEqual(lines, [
      'warning package-not-pinned: make',
      'warning package-not-pinned: "git"',
    ]);
  });
  it('is clean with versions, and with the comment that allows their absence', () => {
    assert.deepEqual(found('RUN apt-get install -y gcc=4:13.2 make=4.3-4'), {
      clean: true,
      lines: [],
    });
    assert.deepEqual(found('RUN apt-get update \\', ' && apt install gcc # allow-unpinned'), {
      clean: true,
      lines: [],
    });
    assert.equal(found('RUN apt-get install gcc # not allow-unpinned').clean, false);
    assert.equal(found('RUN apt-get install "gcc # allow-unpinned"').clean, false);
  });
  it('allows in a here-document only the line of the comment', () => {
    assert.deepEqual(
      unpinned('RUN <<EOF', 'apt-get install gcc # allow-unpinned', 'apt-get install make', 'EOF'),
      ['make'],
    );
  });
  it('knows options with values, programs with paths and words before them', () => {
    assert.deepEqual(unpinned('RUN apt-get -o Acquire::Retries=3 install -t stable -y a'), ['a']);
    assert.deepEqual(unpinned('RUN set -e; DEBIAN_FRONTEND=x sudo -E /usr/bin/apt-get install b'), [
      'b',
    ]);
    assert.deepEqual(unpinned('RUN if true; then apt install -y c; fi'), ['c']);
    assert.deepEqual(unpinned('RUN (apt install d) 2>&1 >log | tee x'), ['d']);
    assert.deepEqual(unpinned('RUN --mount=type=cache,target=/x apt install e'), ['e']);
    assert.deepEqual(unpinned('RUN ["apt-get", "install", "f", "g=1"]'), ['"f"']);
    assert.deepEqual(unpinned('RUN bash -lc "apt-get install h"'), ['"apt-get install h"']);
  });
  it('takes no file, no removal and no other command for a package', () => {
    assert.deepEqual(
      unpinned(
        'RUN apt-get install ./x.deb /tmp/y.deb old-',
        'RUN apt-get remove z',
        'RUN echo apt-get install q',
        'RUN apt-get update',
      ),
      [],
    );
  });
  it('asks an empty version and an unknown variable for one', () => {
    assert.deepEqual(unpinned('RUN apt-get install a= $B c=$V'), ['a=', '$B']);
  });
  it('looks into variables that the file sets', () => {
    assert.deepEqual(found('ENV P="a=1 b=2"', 'RUN apt-get install $P').lines, []);
    assert.deepEqual(unpinned('ARG P="a=1 b"', 'RUN apt-get install ${P}'), ['${P}']);
  });
});

describe('Dockerfile: pip, conda and downloads', () => {
  it('wants exact versions of pip', () => {
    assert.deepEqual(
      unpinned(
        "RUN pip install --no-cache-dir numpy==1.26.4 scipy 'pandas>=2' \"x[y]==1; python_version>'3'\" z==1.*",
      ),
      ['scipy', "'pandas>=2'", 'z==1.*'],
    );
    assert.deepEqual(
      unpinned('RUN python3 -m pip install a', 'RUN uv pip install b', 'RUN pip3.11 install c'),
      ['a', 'b', 'c'],
    );
    assert.equal(found('RUN pip install scipy').clean, true, 'apt alone counts for the level');
  });
  it('takes a whole commit and a digest for a pin', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    assert.deepEqual(
      unpinned(
        `RUN pip install git+https://h/x@${commit} https://h/x.whl#sha256=${HEX} git+https://h/x@main . ./y -e z`,
      ),
      ['git+https://h/x@main'],
    );
  });
  it('notes that versions are no hashes', () => {
    assert.deepEqual(found('RUN pip install -r requirements.lock').lines, [
      'info pip-without-hashes: install',
    ]);
    assert.deepEqual(found('RUN pip install --require-hashes -r requirements.lock').lines, []);
  });
  it('reads conda in its own notation', () => {
    assert.deepEqual(unpinned('RUN conda install -c conda-forge -y numpy=1.26 scipy "x>=2"'), [
      'scipy',
      '"x>=2"',
    ]);
  });
  it('warns of scripts that run unseen', () => {
    assert.deepEqual(found('RUN curl -sSL https://x/y | tee z | sudo bash -s -- -y').lines, [
      'warning piped-script: curl -sSL https://x/y | tee z | sudo bash',
    ]);
    assert.deepEqual(
      found('RUN bash <(wget -qO- https://x)', 'RUN sh -c "$(curl -fsSL https://x)"').lines,
      [
        'warning piped-script: bash <(wget -qO- https://x)',
        'warning piped-script: sh -c "$(curl -fsSL https://x)"',
      ],
    );
    assert.deepEqual(
      found('RUN curl https://x | tar xz && sh y', 'RUN curl https://x || sh y').lines,
      [],
    );
  });
  it('wants a checksum of what ADD downloads', () => {
    assert.deepEqual(
      found(
        'ADD https://x/y.tar /',
        `ADD --checksum=sha256:${HEX} https://x/y /`,
        'ADD https://h/r.git#v1 /r',
        'ADD a https://x/dir',
      ).lines,
      ['warning download-without-checksum: https://x/y.tar'],
    );
  });
});

describe('Dockerfile: secrets', () => {
  it('repeats no password of an address', () => {
    const text = [
      `${HEAD}RUN pip install git+https://ada:hunter2@h/x "y @ https://hunter2@h/y"`,
      'ADD https://ada:hunter2@h/z /z',
      'ADD https://ada:hunt@er2@h/z /z',
      'RUN curl https://ada:hunter2@h | sh',
    ].join('\n');
    const { findings } = parseDockerfile(text, 'Dockerfile' as RepoPath, HEX as Sha256);
    assert.equal(findings.length, 5);
    assert.doesNotMatch(findings.map(sentence).join('\n'), /hunter2|er2/);
  });
});

describe('Dockerfile: hostile text', () => {
  const file = (text: string) => parseDockerfile(text, 'Dockerfile' as RepoPath, HEX as Sha256);
  it('is not read when it is too large', () => {
    const { clean, findings } = file(`FROM ${'x'.repeat(10_000_000)}`);
    assert.equal(clean, false);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['config-too-large'],
    );
  });
  const fill = (text: string): string =>
    text.repeat(Math.floor((MOST_DOCKERFILE - 20_000) / text.length));
  const hostile: Readonly<Record<string, string>> = {
    'one endless word': `FROM ${fill('x')}`,
    'braces that never close': `ARG A=1\nFROM ${fill('${A')}`,
    'defaults in defaults': `FROM ${fill('${A:-')}`,
    'variables that double': `${Array.from({ length: 60 }, (_, i) => `ARG A${i + 1}=$A${i}$A${i}`)
      .join('\n')
      .replace('$A0$A0', 'xx')}\nFROM $A60`,
    'packages in variables in variables': `FROM a\nENV P="${'b '.repeat(2000)}"\nRUN apt-get install ${fill('$P ')}`,
    'a pipeline without end': `FROM a\nRUN ${fill('curl x|')}`,
    'brackets and quotes': `FROM a\nRUN ${fill('$("\'`(')}`,
    'blanks in quotes': `FROM a\nRUN pip install "x${fill(' ')}"`,
    'shells in shells': `FROM a\nRUN <<EOF\n${fill('/sh')}\nEOF\n`,
    'a shell of shells': `FROM a\nRUN ${fill('/sh')}`,
    'here-documents': `FROM a\nRUN ${fill('<<A ')}`,
    'continued lines': `FROM a\nRUN ${fill('x \\\n')}`,
    'empty lines': fill('\n'),
    directives: fill('# escape = ` \n'),
    assignments: `FROM a\nENV ${fill('A=$A ')}`,
  };
  for (const [name, text] of Object.entries(hostile)) {
    it(`ends quickly on ${name}`, () => {
      const { findings, clean } = file(text);
      assert.equal(clean, false);
      assert.ok(findings.length > 0);
      assert.ok(findings.length <= 201);
    });
  }
});
