import type { DifferenceClass, DifferenceField, ObstacleReason } from '../model/difference.js';
import type { Budget } from './budget.js';
import type { Print } from './print.js';
import { printOf } from './print.js';
import { windowOf } from './source.js';

/** One thing that an archive says of a member, or of itself; members are compared fact by fact. */
export interface Fact {
  readonly class: DifferenceClass;
  readonly field: DifferenceField;
  readonly key?: string;
  readonly value: string;
  /** The value is a digest or a pattern: it says nothing to a person. */
  readonly hidden?: true;
  /** Follows from the content, so it means something only where that is the same. */
  readonly whenSame?: true;
  /** Repeats another fact of its class, and counts only where that one is the same. */
  readonly echo?: true;
}

/** Why the content of a member is not what was packed. */
export interface Opaque {
  readonly reason: ObstacleReason;
  readonly detail?: string;
}

/** One member, while an archive is read from front to back. */
export interface Item {
  readonly name: string;
  /** Can be read once, and only before the next item is asked for. */
  readonly content: AsyncIterable<Buffer>;
  readonly opaque?: Opaque;
  /** Complete once the content was read. */
  readonly facts: () => readonly Fact[];
}

/** Reads an archive from front to back; what it says of itself comes last. */
export type Walk = AsyncGenerator<Item, readonly Fact[]>;

export interface Member {
  readonly name: string;
  readonly print: Print;
  readonly opaque?: Opaque;
  readonly facts: readonly Fact[];
}

/** All that an archive holds, without the contents. */
export interface Inventory {
  readonly members: readonly Member[];
  readonly facts: readonly Fact[];
}

/** @throws {ObstacleError} */
export async function inventoryOf(walk: Walk, budget: Budget): Promise<Inventory> {
  const members: Member[] = [];
  const known = new Map<string, Fact>();
  try {
    for (;;) {
      const next = await walk.next();
      if (next.done === true) return { members, facts: next.value };
      const { name, content, opaque, facts } = next.value;
      const print = await printOf(content);
      const own = facts();
      budget.member(weightOf(name, print, own));
      members.push({
        ...{ name, print, facts: own.map((fact) => shared(fact, known)) },
        ...(opaque === undefined ? {} : { opaque }),
      });
    }
  } finally {
    await walk.return([]);
  }
}

/** Bytes that an object takes besides its texts, roughly. */
const OBJECT = 64;

const weightOf = (name: string, { blocks }: Print, facts: readonly Fact[]): number =>
  facts.reduce(
    (sum, { key = '', value }) => sum + OBJECT + 2 * (key.length + value.length),
    OBJECT + 2 * name.length + blocks.length,
  );

/** Most members say the same of owner and mode: a hundred thousand of them share one object. */
function shared(fact: Fact, known: Map<string, Fact>): Fact {
  const key = [fact.class, fact.field, fact.key, fact.value].join('\0');
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size < 1000) known.set(key, fact);
  return fact;
}

/** A part of one member's content. */
export interface Want {
  readonly from: number;
  readonly length: number;
}

/** Parts of some members, by their index in the archive. @throws {ObstacleError} */
export async function gather(
  walk: Walk,
  wants: ReadonlyMap<number, Want>,
): Promise<Map<number, Buffer>> {
  const found = new Map<number, Buffer>();
  try {
    for (let index = 0; found.size < wants.size; index++) {
      const next = await walk.next();
      if (next.done === true) break;
      const want = wants.get(index);
      if (want !== undefined) found.set(index, await windowOf(next.value.content, want));
    }
  } finally {
    await walk.return([]);
  }
  return found;
}
