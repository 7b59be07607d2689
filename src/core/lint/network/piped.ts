/** Downloads that are run: into a file first, whose digest is checked (docs/nondeterminism.md, section 4). */
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import { before, behind, instead } from '../hit.js';
import type { UnitEdit } from '../hit.js';
import type { Read } from './packages.js';
import { downloadTo } from './pipedFetch.js';
import { runnerOf } from './pipedRun.js';
import { LEADS } from '../shell/joins.js';
import { own } from '../shell/scope.js';

/** Words that a list of commands may stand behind. */
const KEYWORDS: ReadonlySet<string> = new Set([...LEADS, '!']);
const WRITES = /^(?:&?>{1,2}|>[|&])$/;
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/**
 * `curl URL | sh` as a download, a check and a run. Nothing but a whole pipeline of these two, the
 * output of which goes where it went before, is changed.
 */
export function checkedDownload(
  command: ShellCommand,
  program: ShellWord,
  read: Read,
): readonly UnitEdit[] {
  const last = readerOf(command, read);
  const runner = last && runnerOf(last);
  if (last === undefined || runner === undefined || own(command)[0] !== program) return [];
  const { file } = runner;
  const fetched = downloadTo(command, file);
  const begin = beginOf(command, program);
  const end = ended(command);
  const pipe = pipeIn(read.text, end, begun(last));
  if (fetched === undefined || begin === undefined || pipe === undefined) return [];
  const isAlone = isOneList(read);
  const check = ` && echo 'SHA256  ${file}' | sha256sum -c -${isAlone ? '' : ' >&2'}`;
  const edits: UnitEdit[] = [
    ...fetched.edits,
    { ...behind({ start: end, end }, fetched.option + check), blank: 'SHA256' },
    ...[pipe, runner.edit],
  ];
  if (isAlone) return edits;
  // In brackets it is one command again, whatever stands before and behind it, `set -e` included.
  const bracket = read.text[begin - 1] === '(' ? ' (' : '(';
  const stop = ended(last);
  return [
    before({ start: begin, end: begin }, bracket),
    ...edits,
    behind({ start: stop, end: stop }, ')'),
  ];
}

/** What reads a download, where the two are a whole pipeline and nothing else is done with its output. */
function readerOf(command: ShellCommand, { scope }: Read): ShellCommand | undefined {
  const [last, ...others] = scope.after(command);
  if (scope.first(command) !== command || last === undefined || others.length > 0) return undefined;
  if (command.parent !== undefined || command.redirects.length > 0) return undefined;
  return last.redirects.every(({ operator }) => WRITES.test(operator)) ? last : undefined;
}

/** Where a download begins that nothing but keywords and assignments stand before. */
function beginOf({ words, assignments }: ShellCommand, program: ShellWord): number | undefined {
  const lead = words.slice(0, words.indexOf(program));
  const start = lead.findIndex(({ text }) => !KEYWORDS.has(text));
  const given = start < 0 ? [] : lead.slice(start);
  if (!given.every(({ text }) => ASSIGNMENT.test(text))) return undefined;
  return assignments[0]?.word.start ?? given[0]?.start ?? program.start;
}

/** Where a command begins and ends, redirections included. */
const begun = ({ words, assignments }: ShellCommand): number =>
  assignments[0]?.word.start ?? words[0]?.start ?? 0;
const ended = ({ words, redirects }: ShellCommand): number =>
  Math.max(words.at(-1)?.end ?? 0, redirects.at(-1)?.target.end ?? 0);

/** The pipe between two places, as `&&`. */
function pipeIn(text: string, from: number, to: number): UnitEdit | undefined {
  const gap = text.slice(from, to);
  const blank = /^(?:[ \t]|\\\r?\n)*/.exec(gap)?.[0].length ?? 0;
  if (!/^\|(?:\s|\\\r?\n)*$/.test(gap.slice(blank))) return undefined;
  const start = from + blank;
  const and = `${blank === 0 ? ' ' : ''}&&${start + 1 === to ? ' ' : ''}`;
  return instead({ start, end: start + 1 }, and);
}

/** Whether nothing but `&&` and `|` joins the commands: then the status of the last is that of all. */
const isOneList = ({ text, scope }: Read): boolean =>
  scope.once('one list', ({ commands }) => joinsAll(text, commands));

function joinsAll(text: string, commands: readonly ShellCommand[]): boolean {
  let at = 0;
  return (
    commands.every((command, index) => {
      const gap = text.slice(at, begun(command)).replace(/\\\r?\n/g, '');
      at = ended(command);
      const isFirst = index === 0;
      return (isFirst ? /^\s*$/ : /^\s*(?:&&|\|)\s*$/).test(gap) && !isKeyword(command.words[0]);
    }) && text.slice(at).trim() === ''
  );
}

const isKeyword = (word: ShellWord | undefined): boolean =>
  word !== undefined && (KEYWORDS.has(word.text) || word.text === 'time');
