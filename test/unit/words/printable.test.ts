import assert from 'node:assert/strict';
import { printable } from '../../../src/core/words/printable.js';

describe('printable', () => {
  const cases: [string, string, string][] = [
    ['plain text, accents and other scripts stay', 'données/図.csv', 'données/図.csv'],
    ['a line feed cannot forge a second line', 'a\nb', 'a\\nb'],
    ['an escape sequence cannot reach the terminal', '\u001b[2Ja', '\\u001b[2Ja'],
    ['a direction override cannot reorder a name', 'gpj\u202e.exe', 'gpj\\u202e.exe'],
    ['an invisible character shows', 'a\u200bb', 'a\\u200bb'],
    ['bytes that are not UTF-8 show as bytes', 'a\udcffb', 'a\\xffb'],
    ['a pair of surrogates is a character', 'a😀b', 'a😀b'],
  ];
  for (const [what, text, expected] of cases) {
    it(what, () => assert.equal(printable(text), expected));
  }
});
