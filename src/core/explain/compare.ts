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
import { gunzip, gzipBody, gzipHeader } from './gzip.js';
import { compareMembers } from './members.js';
import { printOf, samePrint } from './print.js';
import { isContainer } from './sniff.js';
import { unfolded, windowOf } from './source.js';
import type { Source } from './source.js';
import { walkTar } from './tar.js';
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
    case 'gzip':
      return compareGzip(pair, run);
    case 'tar':
    case 'zip':
    case 'ar':
      return compareArchives(pair, format, run);
    case 'zstd':
    case 'xz':
    case 'bzip2':
      throw new ObstacleError('compression', { detail: format });
    case 'file':
    case 'empty':
      return;
  }
}

async function compareGzip(pair: Differing, run: Run): Promise<void> {
  const { budget, report } = run;
  const { left, right } = pair.sources;
  const headers = {
    left: await sided('left', gzipHeader(left.chunks())),
    right: await sided('right', gzipHeader(right.chunks())),
  };
  const within = 'gzip';
  compareFacts(
    {
      ...{ left: headers.left.facts, right: headers.right.facts },
      ...{ path: pair.path, within, sameContent: false },
    },
    report,
  );
  const sources = {
    left: unfolded(left, gunzip, budget),
    right: unfolded(right, gunzip, budget),
  };
  const prints = {
    left: await sided('left', printOf(sources.left.chunks())),
    right: await sided('right', printOf(sources.right.chunks())),
  };
  if (!samePrint(prints.left, prints.right)) {
    await compare({ ...pair, sources, prints, within, depth: pair.depth + 1 }, run);
    return;
  }
  const bodies = {
    left: await printOf(gzipBody(left.chunks(), headers.left)),
    right: await printOf(gzipBody(right.chunks(), headers.right)),
  };
  if (samePrint(bodies.left, bodies.right)) return;
  report.add({ path: pair.path, within, class: 'compression', field: 'compressed-bytes' });
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
