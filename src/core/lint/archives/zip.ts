/** zip: what is stored beside the bytes, and in which order (docs/nondeterminism.md, section 2). */
import type { ShellCommand } from '../../formats/shell/shell.js';
import { behind, hit } from '../hit.js';
import type { Hit } from '../hit.js';
import { readOptions } from '../shell/options.js';
import type { Spelling } from '../shell/options.js';
import { nameOf, own } from '../shell/scope.js';
import type { Scope } from '../shell/scope.js';
import { isFileName } from './tar.js';
import { sortingMembers, touching } from './zipFixes.js';

const ZIP: Spelling = {
  short: { X: 'no-extra', r: 'recurse-paths', R: 'recurse-patterns', d: 'delete', T: 'test' },
  valued: new Set(['b', 't', 'x', 'i', 'n', 'P', 'O']),
};

/** What is said of a command that makes an archive with zip. */
export function zipHits(command: ShellCommand, scope: Scope): Hit[] {
  if (nameOf(command) !== 'zip') return [];
  const [zip, ...words] = own(command);
  const { given, operands } = readOptions(words, ZIP);
  const isOther = ['delete', 'test', 'copy', 'version', 'help', 'h', 'v'].some((name) =>
    given.has(name),
  );
  if (zip === undefined || isOther || words.length === 0) return [];
  const hits: Hit[] = [];
  if (!given.has('no-extra')) {
    hits.push(hit('warning', { code: 'lint-zip-extra' }, zip, [behind(zip, ' -X')]));
  }
  // What is put in front to set times comes before what lists the files.
  const isTimed = scope.once('touch', ({ commands }) => commands.some(setsTimes));
  if (!isTimed) {
    hits.push(hit('warning', { code: 'lint-zip-times' }, zip, touching(command, scope)));
  }
  const recursive = given.has('recurse-paths') || given.has('recurse-patterns');
  // The first is the archive.
  const members = operands.slice(1);
  if (recursive && !members.every(({ text, glob }) => !glob && isFileName(text))) {
    hits.push(hit('warning', { code: 'lint-zip-order' }, zip, sortingMembers(command, scope)));
  }
  return hits;
}

/** `touch -d`, also behind `find -exec` and `xargs`. */
function setsTimes({ words }: ShellCommand): boolean {
  const at = words.findIndex(({ text }) => /^(?:.*\/)?touch$/.test(text));
  return (
    at >= 0 && words.slice(at).some(({ text }) => /^-[a-z]*[dtr]|^--(?:date|reference)/.test(text))
  );
}
