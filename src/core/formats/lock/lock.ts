import type { Lock, LockEntry, LockOption } from '../../model/envelope.js';
import { isUtf8 } from '../../model/bytes.js';
import type { Sha256 } from '../../model/digest.js';
import type { LockFinding } from '../../model/findings/lock.js';
import type { RepoPath } from '../../model/paths.js';
import type { Place } from '../../model/place.js';
import { LineIndex } from '../../model/span.js';
import { LockFindings } from './findings.js';
import { hashesOf } from './hashes.js';
import { logicalLines, physicalLines, sourceAt } from './lines.js';
import type { LogicalLine } from './lines.js';
import { holdsCredentials } from './redact.js';
import { makeEntry, shownName, sourceOf } from './entry.js';
import { readRequirement } from './requirement.js';
import type { Requirement } from './requirement.js';
import { vaibifyGroups } from './vaibify.js';
import { readOptions } from './words.js';
import type { LineOption, Options } from './words.js';
import { splitWords } from '../shell/split.js';
import type { SplitWord } from '../shell/split.js';
import { markRepeated } from './repeated.js';

/** Everything that is gathered while a lock is read. */
interface Reading {
  readonly entries: LockEntry[];
  readonly options: LockOption[];
  readonly variables: Set<string>;
  readonly findings: LockFindings;
  /** The place of a stretch of a logical line. */
  readonly place: (line: LogicalLine, start: number, end: number) => Place;
}

/**
 * Reads a requirements file as pip does, and says at which places it does not pin its environment:
 * every requirement needs `==` and a SHA-256 hash. A line that pip would refuse is a finding; never
 * throws. docs/requirements-lock.md lists the findings.
 */
export function parseLock(text: string, file: RepoPath, digest: Sha256): Lock {
  // pip drops a byte-order mark, and so does the editor when it counts columns.
  const body = text.startsWith('\ufeff') ? text.slice(1) : text;
  const index = new LineIndex(body);
  const reading: Reading = {
    entries: [],
    options: [],
    variables: new Set(),
    findings: new LockFindings(),
    place: (line, start, end) => {
      const from = index.at(sourceAt(line, start));
      const last = index.at(sourceAt(line, Math.max(start, end - 1)));
      return { file, span: { start: from, end: { ...last, column: last.column + 1 } } };
    },
  };
  const { entries, options, findings } = reading;
  const lines = logicalLines(body);
  for (const line of lines) readLine(line, reading);
  markRepeated(entries, findings);
  if (entries.length === 0 && findings.errors === 0) {
    findings.add('error', { code: 'lock-empty' }, startOf(file));
  }
  checkEncoding(body, file, findings);
  markOptions(body, lines, reading);
  return {
    file,
    digest,
    entries,
    options,
    variables: [...reading.variables],
    findings: findings.all(),
  };
}

const startOf = (file: RepoPath): Place => {
  const start = { line: 1, column: 1 };
  return { file, span: { start, end: start } };
};

const VARIABLE = /\$\{([A-Z0-9_]+)\}/g;

function readLine(line: LogicalLine, reading: Reading): void {
  const { text } = line;
  const { findings, place } = reading;
  for (const match of text.matchAll(VARIABLE)) {
    const [whole, variable = ''] = match;
    reading.variables.add(variable);
    const at = place(line, match.index, match.index + whole.length);
    findings.add('warning', { code: 'lock-variable', variable }, at);
  }
  const split = optionsStart(text);
  const divided = splitWords(text, split);
  if (!divided.ok) {
    const at = place(line, split, text.length);
    findings.add('error', { code: 'lock-line', reason: 'quote' }, at);
    return;
  }
  const behind = readOptions(divided.words);
  checkOptions(line, behind, reading);
  const requirement = text.slice(0, split).trimEnd();
  if (requirement === '') readOptionLine(line, behind.options, reading);
  else readEntry(line, { requirement, options: behind.options }, reading);
}

/** Options begin at the first word with a dash; words are parted by blanks only, not by tabs. */
function optionsStart(text: string): number {
  if (text.startsWith('-')) return 0;
  const dash = text.indexOf(' -');
  return dash < 0 ? text.length : dash + 1;
}

function checkOptions(line: LogicalLine, { bad, surplus }: Options, reading: Reading): void {
  const { findings, place } = reading;
  const mark = (
    reason: 'option-unknown' | 'option-value' | 'surplus',
    { start, end }: SplitWord,
  ): void => findings.add('error', { code: 'lock-line', reason }, place(line, start, end));
  if (bad !== undefined) mark(bad.reason, bad.word);
  const [first] = surplus;
  if (first !== undefined) mark('surplus', first);
}

/** What an option makes of a line without a requirement; the others only say where to look. */
function readOptionLine(
  line: LogicalLine,
  options: readonly LineOption[],
  { findings, options: all, place }: Reading,
): void {
  for (const { name, value } of options) {
    const at = place(line, 0, line.text.length);
    if (holdsCredentials(value.text)) findings.add('warning', { code: 'lock-credentials' }, at);
    if (name === '--editable') {
      const source = { code: 'lock-source', name: value.text, kind: 'editable' } as const;
      findings.add('error', source, at);
    } else if (name === '--requirement' || name === '--constraint') {
      findings.add('error', { code: 'lock-includes', included: value.text }, at);
    } else if (name === '--hash') {
      findings.add('error', { code: 'lock-line', reason: 'hash-alone' }, at);
    } else all.push({ name, value: value.text, place: at });
  }
}

/** Options that belong to a requirement; pip ignores any other behind one. */
const OWN = new Set(['--hash', '--global-option', '--config-settings', '--config-setting']);

interface EntryText {
  readonly requirement: string;
  readonly options: readonly LineOption[];
}

function readEntry(line: LogicalLine, { requirement, options }: EntryText, reading: Reading): void {
  const { findings, place } = reading;
  const at = place(line, 0, requirement.length);
  for (const { name, value } of options) {
    if (OWN.has(name)) continue;
    const where = place(line, value.start, value.end);
    findings.add('error', { code: 'lock-line', reason: 'option-ignored' }, where);
  }
  if (holdsCredentials(requirement)) findings.add('warning', { code: 'lock-credentials' }, at);
  const read = readRequirement(requirement);
  const problem = refusalOf(read, requirement);
  if (read.kind === 'bad' || read.kind === 'path' || problem !== undefined) {
    if (problem !== undefined) findings.add('error', problem, at);
    return;
  }
  const hashes = options.filter(({ name }) => name === '--hash').map(({ value }) => value);
  const entry = makeEntry(read, place(line, 0, hashes.at(-1)?.end ?? requirement.length));
  const digests = hashesOf(hashes, entry, {
    add: (data, word) => findings.add('error', data, word ? place(line, word.start, word.end) : at),
  });
  if (read.kind === 'named' && read.version === undefined) {
    const { name, specifier } = read;
    findings.add('error', { code: 'lock-unpinned', name, specifier }, at);
  }
  reading.entries.push({ ...entry, digests });
}

/** Why a requirement is no entry at all. */
function refusalOf(read: Requirement, text: string): LockFinding | undefined {
  if (read.kind === 'bad') {
    const reason = text.endsWith('\\') ? 'blank-after-backslash' : read.reason;
    return { code: 'lock-line', reason };
  }
  const kind = sourceOf(read);
  return kind === undefined ? undefined : { code: 'lock-source', name: shownName(read), kind };
}

/** The claim of PEP 263; pip reads the file by it. */
const CODING = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;

/**
 * pip decodes by a claim in the first two lines: under `utf-7` the same bytes are other requirements
 * than the ones that a person reads here.
 */
function checkEncoding(text: string, file: RepoPath, findings: LockFindings): void {
  const place = startOf(file);
  if (!isUtf8(text)) findings.add('error', { code: 'lock-encoding' }, place);
  const head = physicalLines(text.slice(0, 4096)).slice(0, 2);
  for (const line of head) {
    const encoding = CODING.exec(line.text.slice(0, 512))?.[1];
    if (encoding === undefined || /^(?:utf-?8|ascii|us-ascii)$/i.test(encoding)) continue;
    findings.add('error', { code: 'lock-encoding', encoding }, place);
  }
}

/** Lines that pin nothing, and that vaibify's check takes for entries without a hash. */
function markOptions(
  text: string,
  lines: readonly LogicalLine[],
  { findings, place }: Reading,
): void {
  const optionLines = new Map(
    lines.filter((line) => line.text.startsWith('-')).map((line) => [sourceAt(line, 0), line]),
  );
  for (const { source, hashed } of vaibifyGroups(text)) {
    const line = optionLines.get(source);
    if (hashed || line === undefined) continue;
    const option = line.text.split(/[ =]/, 1)[0] ?? '';
    findings.add('info', { code: 'lock-option', option }, place(line, 0, line.text.length));
  }
}
