import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { pythonText } from '../../../src/core/formats/yaml/python.js';
import { stretchesOf } from '../../../src/core/formats/yaml/stretches.js';
import { YamlText } from '../../../src/core/formats/yaml/text.js';
import type { YamlScalar } from '../../../src/core/formats/yaml/text.js';
import { skip } from '../../harness/skip.js';

/** The value of the key `a`. */
function scalarOf(text: string): YamlScalar {
  const { root, problems } = new YamlText(text);
  assert.deepEqual(problems, [], text);
  assert.ok(root?.kind === 'map', text);
  const value = root.entries[0]?.value;
  assert.ok(value?.kind === 'scalar', text);
  return value;
}

const PYTHON = `
import json, sys, yaml
def load(text):
    try:
        return str(yaml.safe_load(text)['a'])
    except (yaml.YAMLError, ValueError, OverflowError):
        return None
print(json.dumps([load(text) for text in json.load(sys.stdin)]))
`;

function pythonReads(context: Mocha.Context, texts: readonly string[]): (string | null)[] {
  const ran = spawnSync('python3', ['-c', PYTHON], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (ran.status !== 0) skip(context, 'there is no Python with PyYAML');
  return JSON.parse(ran.stdout) as (string | null)[];
}

describe('Values of a plan as Python spells them', function () {
  this.timeout(120_000);

  it('knows the famous ones', () => {
    const known: Readonly<Record<string, string>> = {
      yes: 'True',
      Off: 'False',
      '~': 'None',
      '': 'None',
      '010': '8',
      '0o17': '0o17',
      '12:30': '750',
      '1_000': '1000',
      '1e3': '1e3',
      '1.0e+3': '1000.0',
      '2.0': '2.0',
      '1.50': '1.5',
      '1.10': '1.1',
      '2024-01-01': '2024-01-01',
      '2024-01-01T00:00:00Z': '2024-01-01 00:00:00+00:00',
      '"yes"': 'yes',
      '123456789012345678901234567890': '123456789012345678901234567890',
    };
    for (const [source, expected] of Object.entries(known)) {
      assert.equal(pythonText(scalarOf(`a: ${source}\n`)), expected, source);
    }
  });

  it('agrees with PyYAML on numbers, dates and words', function () {
    const two = fc.integer({ min: 0, max: 70 }).map((n) => String(n).padStart(2, '0'));
    const scalar = fc.oneof(
      fc.stringMatching(/^[-+]?[0-9_.:eExXbo+-]{1,12}$/),
      fc.double({ noNaN: true }).map(String),
      fc.double({ min: 1e-7, max: 1e18, noNaN: true }).map((n) => n.toFixed(7)),
      fc.tuple(fc.stringMatching(/^[0-9]\.[0-9]{0,4}[eE][-+][0-9]{1,2}$/)).map(([text]) => text),
      fc
        .tuple(fc.integer({ min: 0, max: 2100 }), two, two)
        .map(([y, m, d]) => `${String(y).padStart(4, '0')}-${m}-${d}`),
      fc
        .tuple(two, two, two, two, fc.constantFrom('', 'Z', ' +5', '-03:30', '+00:00', '-00:10'))
        .map(([d, h, m, s, zone]) => `2024-02-${d}T${h}:${m}:${s}${zone}`),
      fc.stringMatching(/^[0-9]{1,9}$/).map((text) => `2001-12-14 21:59:43.${text}Z`),
      fc.constantFrom('.inf', '-.INF', '.nan', '=', 'null', 'NULL', 'y', 'n', 'on', '0x1F', '0b11'),
    );
    const texts = fc
      .sample(scalar, 3000)
      .map((source) => `a: ${source}\n`)
      // What is another thing than a scalar is not the question here.
      .filter((text) => {
        const { root, problems } = new YamlText(text);
        const value = root?.kind === 'map' ? root.entries[0]?.value : undefined;
        return problems.length === 0 && value?.kind === 'scalar';
      });
    const theirs = pythonReads(this, texts);
    texts.forEach((text, index) => {
      assert.equal(pythonText(scalarOf(text)) ?? null, theirs[index], text);
    });
  });
});

describe('Where the units of a text stand', () => {
  /** Every unit that stretches find must be the unit of the document, but where it is folded. */
  function agree(text: string): void {
    const scalar = scalarOf(text);
    const value = scalar.value;
    assert.ok(typeof value === 'string', text);
    const stretches = stretchesOf(text, scalar);
    assert.ok(value === '' || stretches[0]?.start === 0, text);
    stretches.forEach(({ start, source }, index) => {
      const end = stretches[index + 1]?.start ?? value.length;
      const units = value.slice(start, end).trimEnd();
      const there = text.slice(source, source + units.length);
      if (units.length > 1 || /\w/.test(there)) assert.equal(there, units, JSON.stringify(text));
    });
  }

  it('finds them in every style', () => {
    for (const text of [
      'a: tar -czf x .\n',
      'a: "tar -czf \\"x\\" \\\n   . \\u0041b"\n',
      "a: 'it''s  a\n  b\n\n  c'\n",
      'a: one\n  two\n\n  three\n',
      'a: |\n  one\n    two\n\n  three\n',
      'a: |2-\n    one\n   two\n',
      'a: >-\n  one\n  two\n\n    three\n  four\n\n\n',
      'a: |\r\n  one\r\n  two\r\n',
      'a: &x |+\n   one\n\n\n',
    ]) {
      agree(text);
    }
  });

  it('ends soon on long runs of blanks', () => {
    agree(`a: "x${' '.repeat(50_000)}y"\n`);
    agree(`a: x${' \n'.repeat(20_000)}  y\n`);
  });

  it('agrees with what is written, whatever that is', () => {
    const line = fc.stringMatching(/^[a-z $"'=|;-]{1,12}$/).map((text) => `w${text.trim()}`);
    fc.assert(
      fc.property(
        fc.constantFrom('|', '>', '|-', '>-', '|+', '>+'),
        fc.array(fc.tuple(fc.nat(2), line), { minLength: 1, maxLength: 6 }),
        (header, lines) => {
          const [[, first] = [0, ''], ...rest] = lines;
          const body = rest.map(([more, text]) => `\n    ${' '.repeat(more)}${text}`).join('');
          agree(`a: ${header}\n    ${first}${body}\n`);
        },
      ),
    );
  });
});
