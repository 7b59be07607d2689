import { decodeText } from '../model/bytes.js';
import type { ArtifactFormat, Difference } from '../model/difference.js';
import { stretches } from './hunks.js';
import type { Stretch } from './hunks.js';
import { withoutStamp } from './pyc.js';
import { commonEnds, recognise } from './recognise.js';
import type { Recognised } from './recognise.js';
import type { Report } from './report.js';
import { isText, lines, runs } from './tokens.js';
import type { Token } from './tokens.js';

/** The parts of two contents that begin with their first difference, or shortly before. */
export interface Windows {
  readonly left: Buffer;
  readonly right: Buffer;
  /** Where they begin, in bytes. */
  readonly from: number;
  /** Whether both reach to the end. */
  readonly whole: boolean;
}

export interface Spot {
  readonly path: readonly string[];
  readonly within: ArtifactFormat;
}

/** Characters of a content that are shown around a difference. */
const SHOWN = 60;
const BEFORE = 20;
const SHOWN_BYTES = 16;
/** Longest line whose items are held against each other. */
const MOST_WORDS = 64 << 10;

type Found = Omit<Difference, 'path' | 'within'>;

/** Reports what two contents differ in. */
export function compareContent(windows: Windows, spot: Spot, report: Report): void {
  const stamp = withoutStamp(windows);
  const groups = new Groups();
  if (stamp !== undefined) groups.add(stamp.found);
  const rest = stamp?.rest ?? windows;
  if (!rest.left.equals(rest.right)) comparePieces(rest, groups);
  for (const found of groups.all(windows.whole)) report.add({ ...found, ...spot });
  const { list } = groups;
  if (list.length > 0) report.addList({ ...groups.listed(), ...spot }, list);
}

function comparePieces({ left, right, from, whole }: Windows, groups: Groups): void {
  const [a, b] = [left.toString('latin1'), right.toString('latin1')];
  const text = isText(a) && isText(b);
  const cut = text ? lines : runs;
  const [one, two] = [cut(a), cut(b)];
  // The last piece of a window is cut off somewhere.
  if (!whole) [one, two].forEach((tokens) => tokens.pop());
  if (whole && text && sameItems(one, two)) {
    groups.add({ ...firstOrder(one, two), class: 'order', field: 'line-order' });
  } else {
    classify(stretches(one, two), { offsets: offsetsOf(one, from), text, from }, groups);
  }
}

/** The same lines in another order; a line end too many is no matter of order. */
function sameItems(one: readonly Token[], two: readonly Token[]): boolean {
  const [a, b] = [one, two].map((tokens) => tokens.map(({ text }) => text.replace(/\n$/, '')));
  return isPermutation(a ?? [], b ?? []);
}

const isPermutation = (one: readonly string[], two: readonly string[]): boolean =>
  one.length === two.length &&
  one.some((item, index) => item !== two[index]) &&
  one.toSorted().join('\n') === two.toSorted().join('\n');

function firstOrder(one: readonly Token[], two: readonly Token[]) {
  const at = one.findIndex(({ text }, index) => text !== two[index]?.text);
  return { left: shown(one[at]?.text), right: shown(two[at]?.text), line: at + 1 };
}

/** The first of each kind, and how many. */
class Groups {
  readonly #groups = new Map<string, Found & { count: number }>();
  /** Lines that differ in digests only. */
  readonly list: string[] = [];
  #listed: Found | undefined;

  add(found: Found, times = 1): void {
    const key = `${found.class} ${found.field}`;
    const before = this.#groups.get(key);
    if (before === undefined) this.#groups.set(key, { ...found, count: times });
    else before.count += times;
  }

  addListed(found: Found, line: string): void {
    this.#listed ??= found;
    this.list.push(line);
  }

  listed(): Found {
    const first = this.#listed ?? LISTED;
    return this.list.length > 1 ? { ...first, count: this.list.length } : first;
  }

  /** When nothing else was found, it lies behind the part that was looked at. */
  all(whole: boolean): Found[] {
    const found = [...this.#groups.values()].map(({ count, ...rest }): Found =>
      count > 1 ? { ...rest, count } : rest,
    );
    if (found.length > 0 || this.list.length > 0 || whole) return found;
    return [{ class: 'content', field: 'bytes' }];
  }
}

interface Frame {
  /** Where each piece of the left content begins, and where the last one ends. */
  readonly offsets: readonly number[];
  readonly text: boolean;
  readonly from: number;
}

function classify(found: readonly Stretch[], frame: Frame, groups: Groups): void {
  for (const stretch of found.slice(0, MOST_RECOGNISED)) {
    const place = placeOf(stretch, frame);
    const seen = recognised(stretch);
    if (seen === undefined) groups.add({ ...unknown(stretch, frame), ...place });
    for (const { kind, ...values } of seen ?? []) {
      const at = { ...values, ...place };
      if (kind === 'date') groups.add({ ...at, class: 'embedded-date', field: 'date' });
      else if (kind === 'path') groups.add({ ...at, class: 'embedded-path', field: 'path' });
      else groups.addListed({ ...at, ...LISTED }, decoded(stretch.right?.text ?? ''));
    }
  }
  const [next] = found.slice(MOST_RECOGNISED);
  if (next !== undefined) {
    groups.add(
      { ...unknown(next, frame), ...placeOf(next, frame) },
      found.length - MOST_RECOGNISED,
    );
  }
}

/** Places of one content in which dates and paths are looked for; then it is content anyway. */
const MOST_RECOGNISED = 50_000;
const LISTED = { class: 'content', field: 'digests' } as const;

function recognised({ left, right }: Stretch): readonly Recognised[] | undefined {
  if (left?.readable !== true || right?.readable !== true) return undefined;
  return recognise(left.text, right.text);
}

/** Lines are counted only where the window begins with the content. */
const placeOf = ({ leftIndex }: Stretch, { offsets, text, from }: Frame) =>
  text && from === 0 ? { line: leftIndex + 1 } : { offset: offsets[leftIndex] ?? from };

function offsetsOf(tokens: readonly Token[], from: number): number[] {
  const offsets = [from];
  let at = from;
  for (const { text } of tokens) offsets.push((at += text.length));
  return offsets;
}

function unknown({ left, right }: Stretch, { text }: Frame): Found {
  const [one, two] = [left?.text, right?.text];
  if (text && sameWords(one, two)) {
    return { class: 'order', field: 'line-order', left: shown(one), right: shown(two) };
  }
  const { start } = commonEnds(one ?? '', two ?? '');
  const show = (value: string): string => (text ? excerpt(value, start) : hex(value, start));
  return {
    ...{ class: 'content', field: text ? 'text' : 'bytes' },
    ...(one === undefined ? {} : { left: show(one) }),
    ...(two === undefined ? {} : { right: show(two) }),
  };
}

/** The same items in another order: a set that was written as it came. */
function sameWords(left = '', right = ''): boolean {
  if (left.length !== right.length || left.length > MOST_WORDS) return false;
  const words = (line: string): string[] => line.split(/[\s,;:{}[\]()"']+/);
  return isPermutation(words(left), words(right)) && sortedBytes(left).equals(sortedBytes(right));
}

const sortedBytes = (latin1: string): Buffer => Buffer.from(Buffer.from(latin1, 'latin1').sort());

const decoded = (latin1: string): string => decodeText(Buffer.from(latin1, 'latin1'));

const shown = (latin1 = ''): string => decoded(latin1.slice(0, SHOWN * 2).trimEnd());

function excerpt(latin1: string, start: number): string {
  const from = start <= BEFORE ? 0 : start - BEFORE;
  return decoded(latin1.slice(from, start + SHOWN).trimEnd());
}

const hex = (latin1: string, start: number): string =>
  Buffer.from(latin1.slice(start, start + SHOWN_BYTES), 'latin1')
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ');
