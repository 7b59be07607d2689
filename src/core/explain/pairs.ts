import type { Inventory, Member } from './archive.js';
import { samePrint } from './print.js';

/** A member of both archives. */
export interface MemberPair {
  readonly left: Member;
  readonly right: Member;
  /** Places in the archives, from 0. */
  readonly leftIndex: number;
  readonly rightIndex: number;
}

/** A member of one archive; `twin` is one of the other that has the same bytes under another name. */
export interface Lone {
  readonly name: string;
  readonly twin?: string;
}

export interface Pairing {
  readonly pairs: readonly MemberPair[];
  readonly onlyLeft: readonly Lone[];
  readonly onlyRight: readonly Lone[];
  /** The first names that do not stand in the same order, of members that both have. */
  readonly order?: { readonly left: string; readonly right: string };
}

/** Brings together what has the same name; of several, the first with the first and so on. */
export function pairUp(left: Inventory, right: Inventory): Pairing {
  const [lefts, rights] = [keyed(left.members), keyed(right.members)];
  const pairs: MemberPair[] = [];
  for (const [key, leftIndex] of lefts) {
    const rightIndex = rights.get(key);
    const [one, two] = [left.members[leftIndex], right.members[rightIndex ?? -1]];
    if (one === undefined || two === undefined || rightIndex === undefined) continue;
    pairs.push({ left: one, right: two, leftIndex, rightIndex });
  }
  const alone = (from: Map<string, number>, to: Map<string, number>, { members }: Inventory) =>
    [...from].flatMap(([key, index]) => (to.has(key) ? [] : (members[index] ?? [])));
  const [onlyLeft, onlyRight] = [alone(lefts, rights, left), alone(rights, lefts, right)];
  const order = firstOutOfOrder(pairs);
  return {
    pairs,
    onlyLeft: withTwins(onlyLeft, onlyRight),
    onlyRight: withTwins(onlyRight, onlyLeft),
    ...(order === undefined ? {} : { order }),
  };
}

function keyed(members: readonly Member[]): Map<string, number> {
  const keys = new Map<string, number>();
  const seen = new Map<string, number>();
  members.forEach(({ name }, index) => {
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    keys.set(`${name}\0${times}`, index);
  });
  return keys;
}

function firstOutOfOrder(pairs: readonly MemberPair[]): Pairing['order'] {
  const sorted = pairs.toSorted((a, b) => a.rightIndex - b.rightIndex);
  const at = pairs.findIndex((pair, index) => pair !== sorted[index]);
  const [left, right] = [pairs[at]?.left.name, sorted[at]?.right.name];
  return left === undefined || right === undefined ? undefined : { left, right };
}

function withTwins(members: readonly Member[], others: readonly Member[]): Lone[] {
  const byBlocks = new Map(others.map((other) => [other.print.blocks, other]));
  return members.map(({ name, print }) => {
    const twin = print.size === 0 ? undefined : byBlocks.get(print.blocks);
    return twin === undefined || !samePrint(twin.print, print)
      ? { name }
      : { name, twin: twin.name };
  });
}
