import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { skip } from '../../harness/skip.js';
import { decodeText, encodeText } from '../../../src/core/model/bytes.js';

/** Bytes that are valid, invalid and almost valid UTF-8, mixed. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => Buffer.from(text)),
      fc.constantFrom(
        Buffer.from([0xed, 0xb2, 0x80]),
        Buffer.from([0xc0, 0xaf]),
        Buffer.from([0xf4, 0x90, 0x80, 0x80]),
        Buffer.from([0xef, 0xbb, 0xbf]),
        Buffer.from([0xe2, 0x82]),
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts));

describe('decodeText and encodeText', () => {
  it('round-trip every sequence of bytes', () => {
    fc.assert(
      fc.property(bytes, (input) => assert.deepEqual(encodeText(decodeText(input)), input)),
      { numRuns: 5000 },
    );
  });

  it('decode like Python with surrogateescape', function () {
    const samples = fc.sample(bytes, 200);
    const script =
      "import sys,json;print(json.dumps([bytes.fromhex(h).decode('utf-8','surrogateescape') for h in json.load(sys.stdin)]))";
    let output: string;
    try {
      const input = JSON.stringify(samples.map((sample) => sample.toString('hex')));
      output = execFileSync('python3', ['-c', script], { input, encoding: 'utf8' });
    } catch {
      skip(this, 'no python3 on PATH to compare with');
    }
    assert.deepEqual(samples.map(decodeText), JSON.parse(output));
  });
});
