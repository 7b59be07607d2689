import type { ArtifactFormat } from '../model/difference.js';
import type { Walk } from './archive.js';
import { inventoryOf } from './archive.js';
import { walkAr } from './ar.js';
import type { Budget } from './budget.js';
import { ObstacleError } from './budget.js';
import { compareContent } from './content.js';
import { hinder, isWhole, spotOf, windowFor } from './differing.js';
import type { Differing, Run } from './differing.js';
import { compareFacts } from './facts.js';
import { gunzip, gzipLook } from './gzip.js';
import { compareMembers } from './members.js';
import { printOf, samePrint } from './print.js';
import { isContainer } from './sniff.js';
import { unfolded, windowOf } from './source.js';
import type { Source, Unpack } from './source.js';
import { walkTar } from './tar.js';
import { bunzip2, bzip2Look } from './unpack/bzip2.js';
import type { Look } from './unpack/values.js';
import { unxz } from './unpack/xz.js';
import { xzLook } from './unpack/xzLayout.js';
import { unzstd, zstdLook } from './unpack/zstd.js';
import { walkZip } from './zip.js';

/** Reports why two contents are not the same; what cannot be looked into is an obstacle. */
export async function compare(pair: Differing, run: Run): Promise<void> {
  const { left, right } = pair.prints;
  const before = run.report.found;
  try {
    if (left.format === right.format && isContainer(left.format)) {
      await compareContainers(pair, left.format, run);
    } else if (isContainer(left.format) || isContainer(right.format)) {
      const formats = { left: left.format, right: right.format };
      run.report.add({ ...spotOf(pair), class: 'content', field: 'format', ...formats });
    } else {
      await comparePlain(pair, run);
    }
  } catch (error) {
    if (!(error instanceof ObstacleError)) throw error;
    hinder(pair, error, run.report);
    return;
  }
  // A byte that no rule accounts for must not go unsaid.
  if (run.report.found === before) {
    run.report.add({ ...spotOf(pair), class: 'archive-metadata', field: 'header-bytes' });
  }
}

async function compareContainers(pair: Differing, format: ArtifactFormat, run: Run): Promise<void> {
  if (pair.depth >= run.budget.limits.depth) throw new ObstacleError('too-deep');
  switch (format) {
    case 'tar':
    case 'zip':
    case 'ar':
      return compareArchives(pair, format, run);
    case 'gzip':
    case 'zstd':
    case 'xz':
    case 'bzip2':
      return compareCompressed(pair, format, run);
    case 'file':
    case 'empty':
      return;
  }
}

type Compressed = 'gzip' | 'xz' | 'zstd' | 'bzip2';

interface Compression {
  readonly look: (packed: AsyncIterable<Buffer>) => Promise<Look>;
  readonly unpack: Unpack;
}

const COMPRESSIONS: Readonly<Record<Compressed, Compression>> = {
  gzip: { look: gzipLook, unpack: gunzip },
  xz: { look: xzLook, unpack: unxz },
  zstd: { look: zstdLook, unpack: unzstd },
  bzip2: { look: bzip2Look, unpack: bunzip2 },
};

async function compareCompressed(pair: Differing, within: Compressed, run: Run): Promise<void> {
  const { path, depth } = pair;
  const { budget, report } = run;
  const { look, unpack } = COMPRESSIONS[within];
  const { left, right } = pair.sources;
  const looks = {
    left: await sided('left', look(left.chunks())),
    right: await sided('right', look(right.chunks())),
  };
  const sources = {
    left: unfolded(left, unpack, budget),
    right: unfolded(right, unpack, budget),
  };
  const prints = {
    left: await sided('left', printOf(sources.left.chunks())),
    right: await sided('right', printOf(sources.right.chunks())),
  };
  const sameContent = samePrint(prints.left, prints.right);
  const facts = { left: looks.left.facts, right: looks.right.facts };
  compareFacts({ ...facts, path, within, sameContent }, report);
  if (!sameContent) await compare({ sources, prints, path, within, depth: depth + 1 }, run);
  else if (looks.left.body !== looks.right.body) {
    report.add({ path, within, class: 'compression', field: 'compressed-bytes' });
  }
}

type Archive = 'tar' | 'zip' | 'ar';

async function compareArchives(pair: Differing, format: Archive, run: Run): Promise<void> {
  const { budget } = run;
  const walks = {
    left: () => walkOf(format, pair.sources.left, budget),
    right: () => walkOf(format, pair.sources.right, budget),
  };
  const inventories = {
    left: await sided('left', inventoryOf(walks.left(), budget)),
    right: await sided('right', inventoryOf(walks.right(), budget)),
  };
  await compareMembers(
    { walks, inventories, path: pair.path, within: format, depth: pair.depth + 1 },
    run,
  );
}

function walkOf(format: Archive, source: Source, budget: Budget): Walk {
  switch (format) {
    case 'tar':
      return walkTar(source.chunks());
    case 'ar':
      return walkAr(source.chunks());
    case 'zip':
      return walkZip(source.ranges, budget);
  }
}

async function sided<T>(side: 'left' | 'right', work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ObstacleError)) throw error;
    const { reason, detail } = error;
    const known = detail === undefined ? {} : { detail };
    throw new ObstacleError(reason, { ...known, side: error.side ?? side, cause: error });
  }
}

async function comparePlain(pair: Differing, { budget, report }: Run): Promise<void> {
  const { sources, prints } = pair;
  const want = windowFor(prints, budget.limits.windowBytes);
  const left = await windowOf(sources.left.chunks(), want);
  const right = await windowOf(sources.right.chunks(), want);
  const whole = isWhole(prints, want);
  compareContent({ left, right, from: want.from, whole }, spotOf(pair), report);
  if (!whole) report.hinder({ path: pair.path, reason: 'too-large' });
}
