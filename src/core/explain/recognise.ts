/** Tells whether two pieces of text differ in nothing but dates, paths or digests. */

export type Kind = 'date' | 'path' | 'digest';

/** One place where two pieces differ, and as what. */
export interface Recognised {
  readonly kind: Kind;
  readonly left: string;
  readonly right: string;
}

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}';
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}';
const CLOCK = '[0-2]?\\d:[0-5]\\d(?::[0-6]\\d(?:[.,]\\d{1,9})?)?(?: ?[AP]M)?';
const ZONE = ' ?(?:Z|[A-Z]{3,5}(?![A-Za-z])|[+-]\\d{2}:?\\d{2})';
const MD = '(?:0[1-9]|1[0-2])';
const DD = '(?:0[1-9]|[12]\\d|3[01])';
const YYYY = '(?:19|20|21)\\d{2}';
/** Letters may stand right before these: `v2026-11-21`, `build_20261121`. */
const NAMED: readonly string[] = [
  // ISO 8601, also with a blank, slashes or underlines
  `${YYYY}([-/._])${MD}\\1${DD}(?:[T _.-]{1,2}${CLOCK}(?:${ZONE})?)?`,
  // 20261121T152553Z, 20261121-152553, 20261121
  `${YYYY}${MD}${DD}(?:[T_.-]?[0-2]\\d[0-5]\\d(?:[0-6]\\d)?Z?)?`,
];
const ALONE: readonly string[] = [
  // RFC 2822, RFC 9110: Sat, 21 Nov 2026 15:25:53 +0000; date(1): Sat 21 Nov 2026 03:25:53 PM UTC
  `(?:${DAY},? )?\\d{1,2}[ -]${MONTH}[ -]${YYYY}(?:,? ${CLOCK}(?:${ZONE})?)?`,
  // ctime and date(1): Sat Nov 21 15:25:53 2026, with a zone before the year; __DATE__: Nov 21 2026
  `(?:${DAY},? )?${MONTH} {1,2}\\d{1,2},? (?:${CLOCK} (?:[A-Z]{3,5} )?)?${YYYY}(?:,? ${CLOCK}(?:${ZONE})?)?`,
  // 21/11/2026, 11/21/2026, 21.11.2026
  `\\d{1,2}([./])\\d{1,2}\\2${YYYY}(?:,? ${CLOCK}(?:${ZONE})?)?`,
  // __TIME__
  '[0-2]\\d:[0-5]\\d:[0-6]\\d(?:[.,]\\d{1,9})?',
  // Seconds since 1970 from 2001 to 2065, perhaps with a fraction; milli-, micro-, nanoseconds
  '[12]\\d{9}(?:\\.\\d{1,9}|\\d{3}|\\d{6}|\\d{9})?',
];
/** Every part has a length of its own, so that no text takes longer than its length. */
const DATE = new RegExp(
  `(?<!\\d)(?:${NAMED.join('|')})(?![0-9A-Za-z])|(?<![0-9A-Za-z])(?:${ALONE.join('|')})(?![0-9A-Za-z])`,
  'g',
);

const SEGMENT = '[\\w.+@~%=,#-]+';
const PATH = new RegExp(
  `(?<![\\w.:/\\\\])(?:/(?:${SEGMENT}/)*${SEGMENT}/?|[A-Za-z]:[\\\\/](?:${SEGMENT}[\\\\/])*${SEGMENT})`,
  'g',
);
const DIGEST =
  /(?<![0-9A-Za-z])(?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|sha(?:256|512)[=-][\w+/=-]{43,88})(?![0-9A-Za-z])(?:,\d{1,15}(?=\r?$))?/g;

/** Directories whose content has a name of its own on every machine or in every run. */
const FLEETING =
  /^(?:\/tmp|\/var\/tmp|\/var\/folders|\/private|\/home|\/Users|\/root|\/build|\/builds|\/workspace|\/github)\//;

const MASKS: Readonly<Record<Kind, RegExp>> = { date: DATE, path: PATH, digest: DIGEST };
/** Paths before dates: a path may hold a date. */
const ATTEMPTS: readonly (readonly Kind[])[] = [
  ['date'],
  ['path'],
  ['path', 'date'],
  ['digest'],
  ['digest', 'date'],
];
/** Longer pieces are looked at around the place where they differ. */
const LONG = 4096;
const AROUND = 80;

/** What two pieces differ in, when that is all they differ in; `undefined` when it is not. */
export function recognise(left: string, right: string): readonly Recognised[] | undefined {
  const [a, b] = nearDifference(left, right);
  if (a.length > LONG || b.length > LONG) return undefined;
  for (const kinds of ATTEMPTS) {
    const found = attempt(a, b, kinds);
    if (found !== undefined) return found;
  }
  return undefined;
}

function attempt(
  left: string,
  right: string,
  kinds: readonly Kind[],
): readonly Recognised[] | undefined {
  let [a, b] = [left, right];
  const found: Recognised[] = [];
  for (const kind of kinds) {
    const [one, two] = [masked(a, kind), masked(b, kind)];
    if (one.values.length !== two.values.length) return undefined;
    one.values.forEach((value, index) => {
      const other = two.values[index] ?? value;
      if (value !== other) found.push({ kind, left: value, right: other });
    });
    [a, b] = [one.text, two.text];
  }
  if (a !== b || found.length === 0) return undefined;
  return found.every(isTelling) ? found : undefined;
}

function masked(text: string, kind: Kind): { text: string; values: string[] } {
  const values: string[] = [];
  const mask = `\0${kind}\0`;
  const hidden = text.replace(MASKS[kind], (value: string) => {
    values.push(value);
    return mask;
  });
  return { text: hidden, values };
}

/** Two programs of one directory are no build path. */
function isTelling({ kind, left, right }: Recognised): boolean {
  if (kind !== 'path') return true;
  if (FLEETING.test(left) || FLEETING.test(right)) return true;
  const directory = (path: string): string => path.replace(/[^\\/]*[\\/]?$/, '');
  return directory(left) !== directory(right) && directory(left).length > 1;
}

/** Long lines: what both begin and end with is cut, but for what a date or a path may need of it. */
function nearDifference(left: string, right: string): [string, string] {
  if (left.length <= LONG && right.length <= LONG) return [left, right];
  const { start, end } = commonEnds(left, right);
  const from = Math.max(0, start - AROUND);
  const spare = Math.max(0, end - AROUND);
  return [left.slice(from, left.length - spare), right.slice(from, right.length - spare)];
}

/** How many characters two texts have in common at the start, and at the end beyond that. */
export function commonEnds(left: string, right: string): { start: number; end: number } {
  const most = Math.min(left.length, right.length);
  let start = 0;
  while (start < most && left[start] === right[start]) start++;
  let end = 0;
  while (end < most - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end++;
  return { start, end };
}
