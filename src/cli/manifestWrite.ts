import path from 'node:path';
import { planManifest, writeManifest } from '../core/produce/manifest.js';
import type { ManifestPlan, Obstacle, PinChange } from '../core/produce/manifest.js';
import type { Project } from '../core/model/project.js';
import { shortDigest } from '../core/model/digest.js';
import { absolutePath } from '../core/system/files.js';
import type { Sha256 } from '../core/model/digest.js';
import { codeOf } from '../core/model/finding.js';
import { obstacleSentence } from '../core/words/obstacles.js';
import { printable } from '../core/words/printable.js';
import { chosenProjects, declaringFile, showProgress, someOf, withHasher } from './context.js';
import type { CommonOptions, Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { placePrefix, shownPath } from './render.js';

interface WriteOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

/** `manifest write`: shows which pins change and, without `--dry-run`, writes them. */
export async function manifestWrite(context: Context, options: WriteOptions): Promise<Exit> {
  const projects = sharingOneManifest(await chosenProjects(context));
  const planned = await withHasher((hasher) =>
    planManifest(projects, {
      hasher,
      followLinks: context.followLinks,
      signal: context.signal,
      onProgress: showProgress(context.terminal),
    }),
  );
  const plan = { ...planned, removed: withoutObstacles(planned) };
  sayPlan(plan, context);
  const blocked = plan.obstacles.length > 0;
  const write = !blocked && plan.differs && options.dryRun !== true;
  if (write) await writeManifest(planned);
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
      `several projects with manifests of their own; choose one with --project FILE: ${someOf([first, ...rest].map(declaringFile))}`,
    );
  }
  return [first, ...rest];
}

/** What stands in the way is no removal: the entry stays, for the whole manifest does. */
function withoutObstacles({ removed, obstacles }: ManifestPlan): PinChange[] {
  const kept = new Set(obstacles.map((each) => ('path' in each ? each.path : undefined)));
  return removed.filter(({ path }) => !kept.has(path));
}

function sayPlan(plan: ManifestPlan, { terminal: { say, remark, paint } }: Context): void {
  for (const change of plan.added) say(`${paint.good('+ add')}     ${changeLine(change)}`);
  for (const change of plan.changed) say(`${paint.bad('~ change')}  ${changeLine(change)}`);
  for (const change of plan.removed) say(`${paint.bad('- remove')}  ${changeLine(change)}`);
  for (const obstacle of plan.obstacles) remark(obstacleLine(obstacle, plan.root));
}

function changeLine({ path, from, to }: PinChange): string {
  const digests = [from, to].filter((digest): digest is Sha256 => digest !== undefined);
  return `${printable(path)}  ${digests.map(shortDigest).join(' -> ')}`;
}

function obstacleLine(obstacle: Obstacle, root: string): string {
  const place = obstacle.code === 'finding' ? obstacle.finding.place : obstacle.place;
  const code = obstacle.code === 'finding' ? codeOf(obstacle.finding) : obstacle.code;
  return `${placePrefix(place, root)}error ${code}: ${obstacleSentence(obstacle)}`;
}

function outcome(plan: ManifestPlan, written: boolean): string {
  const { obstacles, differs } = plan;
  const entries = plan.entries === 1 ? '1 entry' : `${plan.entries} entries`;
  const manifest = shownPath(absolutePath(plan.root, plan.manifest));
  if (obstacles.length > 0) {
    const problems = obstacles.length === 1 ? '1 problem' : `${obstacles.length} problems`;
    const old = plan.replaces === undefined ? '' : '; the old file is as it was';
    return `${manifest}: not written, ${problems} in the way${old}`;
  }
  if (!differs) return `${manifest}: up to date, ${entries}`;
  if (written) return `${manifest}: written, ${entries}; "${checkCommand(plan)}" checks it`;
  return plan.added.length + plan.changed.length + plan.removed.length > 0
    ? `${manifest}: would change; run without --dry-run to write ${entries}`
    : `${manifest}: the pins stay as they are; only their form or order would change, to what sha256sum writes for sorted names`;
}

/** What checks a manifest without this tool, from where the user stands. */
function checkCommand({ root, manifest }: ManifestPlan): string {
  const check = `sha256sum -c ${quoted(manifest)}`;
  return path.relative('', root) === '' ? check : `cd ${quoted(shownPath(root))} && ${check}`;
}

/** One word of a POSIX shell. */
const quoted = (word: string): string =>
  /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

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
