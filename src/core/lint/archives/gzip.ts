/** gzip (docs/nondeterminism.md, section 2). */
import type { ShellCommand } from '../../formats/shell/shell.js';
import { behind, hit } from '../hit.js';
import type { Hit } from '../hit.js';
import { readOptions } from '../shell/options.js';
import type { Spelling } from '../shell/options.js';
import { nameOf, own } from '../shell/scope.js';
import type { Scope } from '../shell/scope.js';
import { isNameless } from './tar.js';

const GZIP: Spelling = {
  short: {
    n: 'no-name',
    d: 'decompress',
    l: 'list',
    t: 'test',
    S: 'suffix',
    h: 'help',
    V: 'version',
  },
  valued: new Set(['suffix']),
};
const READING = ['decompress', 'uncompress', 'list', 'test', 'help', 'version'];

/** What is said of a command that compresses with gzip. */
export function gzipHits(command: ShellCommand, scope: Scope): Hit[] {
  if (!/^(?:gzip|pigz)$/.test(nameOf(command))) return [];
  const [gzip, ...words] = own(command);
  const { given } = readOptions(words, GZIP);
  if (gzip === undefined || READING.some((name) => given.has(name))) return [];
  if (given.has('no-name') || isNameless(scope.variableOf(command, 'GZIP'))) return [];
  const data = { code: 'lint-gzip-header', by: 'gzip' } as const;
  return [hit('warning', data, gzip, [behind(gzip, ' -n')])];
}
