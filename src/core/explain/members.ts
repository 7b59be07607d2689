import type { ArtifactFormat } from '../model/difference.js';
import { gather } from './archive.js';
import type { Inventory, Walk, Want } from './archive.js';
import { ObstacleError } from './budget.js';
import { compare } from './compare.js';
import { compareContent } from './content.js';
import { hinder, isWhole, windowFor } from './differing.js';
import type { Run, Sides } from './differing.js';
import { compareFacts } from './facts.js';
import { pairUp } from './pairs.js';
import type { Lone, MemberPair } from './pairs.js';
import { samePrint } from './print.js';
import { isContainer } from './sniff.js';
import { bufferSource } from './source.js';

/** Bytes of members that are taken out of an archive in one reading, on each side. */
const BATCH = 32 << 20;

/** Two archives of one format. */
export interface Archives {
  readonly walks: Sides<() => Walk>;
  readonly inventories: Sides<Inventory>;
  readonly path: readonly string[];
  readonly within: ArtifactFormat;
  readonly depth: number;
}

/** Reports what two archives differ in, member by member. */
export async function compareMembers(archives: Archives, run: Run): Promise<void> {
  const { path, within, inventories } = archives;
  const { left, right } = inventories;
  const { report } = run;
  const { pairs, onlyLeft, onlyRight, order } = pairUp(left, right);
  const facts = { left: left.facts, right: right.facts };
  compareFacts({ ...facts, path, within, sameContent: true }, report);
  if (order !== undefined) {
    report.add({ path, within, class: 'order', field: 'member-order', ...order });
  }
  for (const lone of onlyLeft) addLone(lone, 'left', archives, run);
  for (const lone of onlyRight) addLone(lone, 'right', archives, run);
  const differing: MemberPair[] = [];
  for (const pair of pairs) {
    const sameContent = samePrint(pair.left.print, pair.right.print);
    const name = pair.left.name;
    compareFacts(
      {
        ...{ left: pair.left.facts, right: pair.right.facts },
        ...{ path: [...path, name], within, sameContent },
      },
      report,
    );
    if (sameContent) continue;
    report.changed(name);
    differing.push(pair);
  }
  for (const batch of batches(wanted(differing, archives, run))) {
    await compareBatch(batch, archives, run);
  }
}

function addLone(
  { name, twin }: Lone,
  side: 'left' | 'right',
  { path, within }: Archives,
  { report }: Run,
): void {
  const other = side === 'left' ? 'right' : 'left';
  report.changed(name);
  report.add({
    ...{ path: [...path, name], within, class: `only-${side}`, field: 'member' },
    ...(twin === undefined ? {} : { [other]: twin }),
  });
}

/** A pair, and what of it has to be in memory. */
interface WantedPair {
  readonly pair: MemberPair;
  readonly nested: boolean;
  readonly left: Want;
  readonly right: Want;
}

/** What can be looked into; of the rest it is said why not. */
function wanted(
  pairs: readonly MemberPair[],
  { path, within }: Archives,
  { budget, report }: Run,
): WantedPair[] {
  const { nestedBytes, windowBytes } = budget.limits;
  return pairs.flatMap((pair): WantedPair[] => {
    const prints = { left: pair.left.print, right: pair.right.print };
    const spot = { path: [...path, pair.left.name], within, prints };
    const opaque = pair.left.opaque ?? pair.right.opaque;
    if (opaque !== undefined) {
      hinder(spot, opaque, report);
      return [];
    }
    const nested = prints.left.format === prints.right.format && isContainer(prints.left.format);
    if (!nested) {
      const window = windowFor(prints, windowBytes);
      return [{ pair, nested, left: window, right: window }];
    }
    const [left, right] = [prints.left.size, prints.right.size];
    if (left <= nestedBytes && right <= nestedBytes) {
      return [{ pair, nested, left: { from: 0, length: left }, right: { from: 0, length: right } }];
    }
    hinder(spot, { reason: 'too-large' }, report);
    return [];
  });
}

function* batches(pairs: readonly WantedPair[]): Generator<WantedPair[]> {
  let batch: WantedPair[] = [];
  let bytes = 0;
  for (const each of pairs) {
    const size = heldBytes(each);
    if (batch.length > 0 && bytes + size > BATCH) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(each);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** Of the larger side. */
const heldBytes = ({ pair: { left, right }, ...want }: WantedPair): number =>
  Math.max(
    Math.min(want.left.length, left.print.size),
    Math.min(want.right.length, right.print.size),
  );

async function compareBatch(
  batch: readonly WantedPair[],
  archives: Archives,
  run: Run,
): Promise<void> {
  const { walks, path, within } = archives;
  const bytes = 2 * batch.reduce((sum, each) => sum + heldBytes(each), 0);
  try {
    await run.budget.holding(bytes, async () => {
      const lefts = new Map(batch.map((each) => [each.pair.leftIndex, each.left]));
      const rights = new Map(batch.map((each) => [each.pair.rightIndex, each.right]));
      const left = await gather(walks.left(), lefts);
      const right = await gather(walks.right(), rights);
      for (const each of batch) {
        const [one, two] = [left.get(each.pair.leftIndex), right.get(each.pair.rightIndex)];
        if (one === undefined || two === undefined) throw new ObstacleError('damaged');
        await comparePair(each, { left: one, right: two }, { archives, run });
      }
    });
  } catch (error) {
    if (!(error instanceof ObstacleError)) throw error;
    for (const { pair } of batch) {
      const prints = { left: pair.left.print, right: pair.right.print };
      hinder({ path: [...path, pair.left.name], within, prints }, error, run.report);
    }
  }
}

async function comparePair(
  { pair, nested, left: want }: WantedPair,
  bytes: Sides<Buffer>,
  { archives: { path, within, depth }, run }: { archives: Archives; run: Run },
): Promise<void> {
  const prints = { left: pair.left.print, right: pair.right.print };
  const at = [...path, pair.left.name];
  if (nested) {
    const sources = {
      left: bufferSource(bytes.left, run.budget),
      right: bufferSource(bytes.right, run.budget),
    };
    await compare({ sources, prints, path: at, within, depth }, run);
    return;
  }
  if (isContainer(prints.left.format) || isContainer(prints.right.format)) {
    const formats = { left: prints.left.format, right: prints.right.format };
    run.report.add({ path: at, within, class: 'content', field: 'format', ...formats });
    return;
  }
  const whole = isWhole(prints, want);
  compareContent({ ...bytes, from: want.from, whole }, { path: at, within }, run.report);
  if (!whole) run.report.hinder({ path: at, reason: 'too-large' });
}
