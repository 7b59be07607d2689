import { planManifest, writeManifest } from '../core/produce/manifest.js';
import type { ManifestPlan, Obstacle, PinChange } from '../core/produce/manifest.js';
import type { Project } from '../core/model/project.js';
import { shortDigest } from '../core/model/digest.js';
import type { Sha256 } from '../core/model/digest.js';
import { obstacleSentence } from '../core/words/obstacles.js';
import { printable } from '../core/words/printable.js';
import { chosenProjects, showProgress, withHasher } from './context.js';
import type { CommonOptions, Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';

interface WriteOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

/** `manifest write`: shows which pins change and, without `--dry-run`, writes them. */
export async function manifestWrite(context: Context, options: WriteOptions): Promise<Exit> {
  const projects = sharingOneManifest(await chosenProjects(context));
  const plan = await withHasher((hasher) =>
    planManifest(projects, {
      hasher,
      followLinks: context.followLinks,
      signal: context.signal,
      onProgress: showProgress(context.terminal),
    }),
  );
  sayPlan(plan, context);
  const blocked = plan.obstacles.length > 0;
  const write = !blocked && plan.differs && options.dryRun !== true;
  if (write) await writeManifest(plan);
  context.terminal.say(outcome(plan, write));
  context.terminal.document(planDocument(plan));
  if (blocked) return EXIT.fails;
  return options.dryRun === true && plan.differs ? EXIT.fails : EXIT.holds;
}

/** A pipeline's declarations come before plain manifests, which pin only what they list already. */
function sharingOneManifest(projects: readonly [Project, ...Project[]]): [Project, ...Project[]] {
  const pipelines = projects.filter(({ kind }) => kind !== 'manifest');
  const first = pipelines[0] ?? projects[0];
  const rest = (pipelines.length > 0 ? pipelines : projects).slice(1);
  const stranger = rest.find(
    ({ root, manifest }) => root !== first.root || manifest.file !== first.manifest.file,
  );
  if (stranger !== undefined) {
    throw new UnusableError(
      `${first.file} and ${stranger.file} have manifests of their own; choose one with --project FILE`,
    );
  }
  return [first, ...rest];
}

function sayPlan(plan: ManifestPlan, { terminal: { say, remark, paint } }: Context): void {
  for (const change of plan.added) say(`${paint.good('+ add')}     ${changeLine(change)}`);
  for (const change of plan.changed) say(`${paint.bad('~ change')}  ${changeLine(change)}`);
  for (const change of plan.removed) say(`${paint.bad('- remove')}  ${changeLine(change)}`);
  for (const obstacle of plan.obstacles) remark(obstacleLine(obstacle));
}

function changeLine({ path, from, to }: PinChange): string {
  const digests = [from, to].filter((digest): digest is Sha256 => digest !== undefined);
  return `${printable(path)}  ${digests.map(shortDigest).join(' -> ')}`;
}

function obstacleLine(obstacle: Obstacle): string {
  const place = obstacle.code === 'finding' ? obstacle.finding.place : obstacle.place;
  const prefix =
    place === undefined
      ? ''
      : `${printable(place.file)}:${place.span.start.line}:${place.span.start.column}: `;
  return `${prefix}error ${obstacle.code}: ${obstacleSentence(obstacle)}`;
}

function outcome(plan: ManifestPlan, written: boolean): string {
  const { manifest, obstacles, entries, differs } = plan;
  if (obstacles.length > 0) {
    const problems = obstacles.length === 1 ? '1 problem' : `${obstacles.length} problems`;
    return `${manifest}: not written, ${problems} in the way; the old file is as it was`;
  }
  if (!differs) return `${manifest}: up to date, ${entries} entries`;
  return written
    ? `${manifest}: written, ${entries} entries; "sha256sum -c ${manifest}" checks it`
    : `${manifest}: would change; run without --dry-run to write ${entries} entries`;
}

function planDocument(plan: ManifestPlan): unknown {
  return {
    manifest: plan.manifest,
    entries: plan.entries,
    added: plan.added,
    changed: plan.changed,
    removed: plan.removed,
    skipped: plan.obstacles.map((obstacle) => ({
      ...('path' in obstacle ? { path: obstacle.path } : {}),
      reason: obstacleSentence(obstacle),
    })),
  };
}
