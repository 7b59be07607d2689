import type { Gates } from '../model/gates.js';
import type { Finding } from '../model/finding.js';
import type { Outlook } from '../model/findings/level.js';
import type { Project } from '../model/project.js';
import type { Blocker, FileIndex, Level, Snapshot } from '../model/snapshot.js';
import { envelopeBlockers } from './levelEnvelope.js';
import { fileBlockers } from './levelFiles.js';
import type { FileTally } from './levelFiles.js';
import { publicationBlockers } from './levelPublished.js';
import { stepBlockers } from './levelSteps.js';

/** What a level is found from. */
export interface LevelSource {
  readonly project: Project;
  readonly files: Pick<FileIndex, 'get'>;
  readonly tally: FileTally;
  /** Milliseconds since 1970: checks of published copies grow old. */
  readonly now: number;
}

/** What the gates of one kind read. */
export interface GateView extends LevelSource {
  readonly gates: Gates;
}

/** A level, and what stands before the next ones. */
export interface Standing {
  readonly level: Level;
  /** By level; within one, as a person would work through them. */
  readonly blockers: readonly Blocker[];
}

/**
 * The level of a project by the gates of docs/levels.md. Pure. The level follows from the blockers
 * alone: it is the highest one at or below which nothing blocks. So it can never be better than what
 * a person is shown, and taking a blocker away can never lower it.
 */
export function standingOf(source: LevelSource): Standing {
  const { gates } = source.project.envelope ?? {};
  if (source.project.kind === 'manifest' || gates === undefined) {
    return { level: undefined, blockers: [] };
  }
  const view = { ...source, gates };
  const blockers = [
    ...documentBlockers(source.project),
    ...stepBlockers(view),
    ...publicationBlockers(view),
    ...fileBlockers(view),
    ...envelopeBlockers(view),
  ].sort((a, b) => a.level - b.level);
  return { level: levelBelow(blockers), blockers };
}

/** The highest level at or below which nothing blocks. */
export function levelBelow(blockers: readonly Blocker[]): NonNullable<Level> {
  const lowest = Math.min(4, ...blockers.filter(holds).map(({ level }) => level));
  return lowest === 4 ? 3 : lowest === 3 ? 2 : lowest === 2 ? 1 : 0;
}

const holds = ({ advisory }: Blocker): boolean => advisory !== true;

/** What has to be done for each level beyond the one that a project has. */
export function outlookOf({ level, blockers }: Pick<Snapshot, 'level' | 'blockers'>): Outlook[] {
  if (level === undefined) return [];
  const numbered = blockers.map((blocker, index) => ({ blocker, index }));
  return ([1, 2, 3] as const)
    .filter((each) => each > level)
    .map((each) => ({
      level: each,
      blockers: numbered
        .filter(({ blocker }) => holds(blocker) && blocker.level <= each)
        .map(({ index }) => index),
    }));
}

/** Codes for which vaibify does not load a document at all (docs/vaibify.md, section 3). */
const UNLOADABLE: ReadonlySet<string> = new Set([
  'json-syntax',
  'not-utf8',
  'schema',
  'step-id-duplicate',
  'declared-refused-path',
]);

/** What holds the whole project back: it is in no repository, or its document cannot be read. */
function documentBlockers(project: Project): Blocker[] {
  return project.findings.flatMap((finding): Blocker[] => {
    if (finding.code === 'not-in-git') return [{ level: 1, finding, remedy: 'init-git' }];
    const unloadable = finding.severity === 'error' && UNLOADABLE.has(finding.code);
    return unloadable && finding.place?.file === project.file ? [{ level: 1, finding }] : [];
  });
}

/** Codes whose files have findings of their own, at the same places. */
const TOLD_BY_FILES: ReadonlySet<string> = new Set([
  'missing-from-manifest',
  'outputs-not-verified',
]);

/**
 * The blockers' findings that nothing else says: they belong in a list of problems as well.
 * @param said What the documents of the project and its evidence say already.
 */
export function levelFindings(
  { file }: Project,
  said: readonly Finding[],
  blockers: readonly Blocker[],
): Finding[] {
  const known = new Set(said);
  const evidence = new Set(said.filter(({ place }) => place?.file !== file).map(whereOf));
  return blockers
    .map(({ finding }) => finding)
    .filter((finding) => finding.place !== undefined && !known.has(finding))
    .filter((finding) => !TOLD_BY_FILES.has(finding.code) && !evidence.has(whereOf(finding)));
}

function whereOf({ place }: Finding): string {
  if (place === undefined) return '';
  return `${place.file}:${place.span.start.line}:${place.span.start.column}`;
}
