/** `npm install` (docs/nondeterminism.md, section 4). */
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import { hit, instead } from '../hit.js';
import type { Hit } from '../hit.js';
import { nameOf, own } from '../shell/scope.js';

/** What is said of `npm install`. */
export function npmHits(command: ShellCommand): Hit[] {
  if (nameOf(command) !== 'npm') return [];
  const words = own(command).slice(1);
  const at = words.findIndex(({ text }) => !text.startsWith('-'));
  const verb = words[at];
  if (verb === undefined || !/^(?:install|i|in|add)$/.test(verb.text)) return [];
  const packages = words.slice(at + 1).filter(({ text }) => !text.startsWith('-'));
  if (packages.length > 0 && packages.every(isExact)) return [];
  const edits = packages.length === 0 && verb.inner === verb.start ? [instead(verb, 'ci')] : [];
  return [hit('warning', { code: 'lint-npm-install' }, verb, edits)];
}

/** One version, or a file that lies here. */
const isExact = ({ text }: ShellWord): boolean =>
  /^.[^@]*@\d+\.\d+\.\d+/.test(text) || /^\.{0,2}\/|\.tgz$/.test(text);
