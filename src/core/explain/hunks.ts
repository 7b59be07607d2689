/** Which pieces of two sequences stand for one another, in time that grows with their length only. */
import type { Token } from './tokens.js';

/** Two pieces in the same place, or one that has no counterpart; indices count pieces from 0. */
export interface Stretch {
  readonly left?: Token;
  readonly right?: Token;
  readonly leftIndex: number;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

interface Region {
  readonly left: Range;
  readonly right: Range;
}

/**
 * Patience diff: pieces that occur once on each side hold the two together, and what differs between
 * them is laid side by side. Never compares all with all, whatever the content.
 */
export function stretches(left: readonly Token[], right: readonly Token[]): Stretch[] {
  const whole = { left: { from: 0, to: left.length }, right: { from: 0, to: right.length } };
  const region = trimmed(whole, left, right);
  const found: Stretch[] = [];
  let from = { left: region.left.from, right: region.right.from };
  const end = { left: region.left.to, right: region.right.to };
  for (const anchor of [...anchors(region, left, right), end]) {
    const between = {
      left: { from: from.left, to: anchor.left },
      right: { from: from.right, to: anchor.right },
    };
    // One by one: a call with a hundred thousand arguments would overflow the stack.
    for (const each of sideBySide(trimmed(between, left, right), left, right)) found.push(each);
    from = { left: anchor.left + 1, right: anchor.right + 1 };
  }
  return found;
}

function trimmed({ left, right }: Region, a: readonly Token[], b: readonly Token[]): Region {
  let start = 0;
  const most = Math.min(left.to - left.from, right.to - right.from);
  while (start < most && a[left.from + start]?.text === b[right.from + start]?.text) start++;
  let end = 0;
  while (end < most - start && a[left.to - 1 - end]?.text === b[right.to - 1 - end]?.text) end++;
  return {
    left: { from: left.from + start, to: left.to - end },
    right: { from: right.from + start, to: right.to - end },
  };
}

interface Anchor {
  readonly left: number;
  readonly right: number;
}

/** Pieces that occur once on both sides, the longest sequence of them in the order of both. */
function anchors({ left, right }: Region, a: readonly Token[], b: readonly Token[]): Anchor[] {
  const rights = once(b, right);
  const common: Anchor[] = [];
  for (const [text, index] of once(a, left)) {
    const other = rights.get(text);
    if (index >= 0 && other !== undefined && other >= 0) common.push({ left: index, right: other });
  }
  return increasing(common.sort((one, two) => one.left - two.left));
}

/** Where each piece stands; -1 for those that occur more than once. */
function once(tokens: readonly Token[], { from, to }: Range): Map<string, number> {
  const found = new Map<string, number>();
  tokens.slice(from, to).forEach(({ text }, index) => {
    found.set(text, found.has(text) ? -1 : from + index);
  });
  return found;
}

/** The longest increasing subsequence by patience sorting. */
function increasing(pairs: readonly Anchor[]): Anchor[] {
  const tops: { readonly pair: Anchor; readonly before: number }[] = [];
  const piles: number[] = [];
  for (const pair of pairs) {
    const pile = firstNotBelow(piles, (top) => (tops[top]?.pair.right ?? 0) >= pair.right);
    tops.push({ pair, before: pile === 0 ? -1 : (piles[pile - 1] ?? -1) });
    piles[pile] = tops.length - 1;
  }
  const found: Anchor[] = [];
  for (let at = piles.at(-1) ?? -1; at >= 0; at = tops[at]?.before ?? -1) {
    const top = tops[at];
    if (top !== undefined) found.push(top.pair);
  }
  return found.reverse();
}

function firstNotBelow(piles: readonly number[], holds: (top: number) => boolean): number {
  let [low, high] = [0, piles.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(piles[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function sideBySide({ left, right }: Region, a: readonly Token[], b: readonly Token[]): Stretch[] {
  const found: Stretch[] = [];
  const length = Math.max(left.to - left.from, right.to - right.from);
  for (let index = 0; index < length; index++) {
    const [at, other] = [left.from + index, right.from + index];
    const one = at < left.to ? a[at] : undefined;
    const two = other < right.to ? b[other] : undefined;
    if (one?.text === two?.text) continue;
    found.push({
      ...(one === undefined ? {} : { left: one }),
      ...(two === undefined ? {} : { right: two }),
      leftIndex: Math.min(at, left.to),
    });
  }
  return found;
}
