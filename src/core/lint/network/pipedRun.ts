/** `sh -s -- argument` and the like, as commands that run a file. */
import { baseName } from '../../formats/container/packages.js';
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import { behind, instead } from '../hit.js';
import type { UnitEdit } from '../hit.js';
import { isPlain } from '../shell/joins.js';
import { own } from '../shell/scope.js';

export interface Runner {
  readonly file: string;
  /** What makes it run the file. */
  readonly edit: UnitEdit;
}

const SHELL = /^(?:ba|da|a|z|k)?sh$/;
const PYTHON = /^python[\d.]*$/;
/** What an interpreter may stand behind: it gets the same file then. */
const LEADS = /^(?:sudo|env|-E|-H|[A-Za-z_]\w*=.*)$/s;

interface Interpreter {
  readonly name: RegExp;
  readonly file: string;
  /** Options without a value that leave it reading its input. */
  readonly flags: RegExp;
}

const INTERPRETERS: readonly Interpreter[] = [
  { name: SHELL, file: 'download.sh', flags: /^-[exuv]+$/ },
  { name: PYTHON, file: 'download.py', flags: /^-[BEIsSuqO]+$/ },
  { name: /^perl$/, file: 'download.pl', flags: /^-[wTt]+$/ },
];

/** How an interpreter runs a file in place of its input. */
export function runnerOf(command: ShellCommand): Runner | undefined {
  const [program, ...words] = own(command);
  const found = INTERPRETERS.find(({ name }) => name.test(baseName(program)));
  if (program === undefined || found === undefined) return undefined;
  const lead = command.words.slice(0, command.words.indexOf(program));
  if (!lead.every(({ text }) => LEADS.test(text))) return undefined;
  const at = words.findIndex(({ text }) => !found.flags.test(text));
  const rest = at < 0 ? [] : words.slice(at);
  const edit = inputAsFile(rest, words[at < 0 ? words.length - 1 : at - 1] ?? program, found);
  return edit === undefined ? undefined : { file: found.file, edit };
}

/** `-`, `-s` or nothing, behind which arguments may stand. */
function inputAsFile(
  words: readonly ShellWord[],
  last: ShellWord,
  { name, file }: Interpreter,
): UnitEdit | undefined {
  const [mark, dashes] = words;
  if (mark === undefined) return behind(last, ` ${file}`);
  if (!isPlain(mark)) return undefined;
  if (name !== SHELL) return mark.text === '-' ? instead(mark, file) : undefined;
  // To a shell `-` ends the options: another word behind it is a file.
  if (mark.text === '-' && dashes === undefined) return instead(mark, file);
  if (mark.text !== '-s') return undefined;
  if (dashes === undefined || !dashes.text.startsWith('-')) return instead(mark, file);
  const isEnd = dashes.text === '--' && isPlain(dashes);
  // An option of the shell would become an argument.
  return isEnd ? instead({ start: mark.start, end: dashes.end }, file) : undefined;
}
