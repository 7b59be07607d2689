import type { RepoPath } from '../model/paths.js';
import type { Project } from '../model/project.js';
import type { Blocker, FileEntry } from '../model/snapshot.js';
import { STATES } from '../model/status.js';
import { startOf } from '../projects/evidence.js';
import { blocks } from './levelBlocker.js';
import type { GateView } from './level.js';

/** Files between two moments at which others may run. */
const SLICE = 8192;

/** Files of one step that are not as they are pinned. */
interface Unlike {
  count: number;
  readonly first: FileEntry;
  /** Whether new pins would do: all of them are there, with other bytes. */
  drifted: boolean;
}

/** What the gates read of a project's files, counted in one pass over them. */
export interface FileTally {
  /** Declared and not pinned. */
  readonly unpinned: number;
  readonly firstUnpinned?: FileEntry;
  /** Pinned and not verified, by the step that declares them; `''` for those of no step. */
  readonly unlike: ReadonlyMap<string, Readonly<Unlike>>;
}

/** Counts a project's files in small steps. */
export function* tallyFiles(files: readonly FileEntry[]): Generator<undefined, FileTally> {
  const unlike = new Map<string, Unlike>();
  let unpinned = 0;
  let firstUnpinned: FileEntry | undefined;
  for (const [index, file] of files.entries()) {
    if (index % SLICE === SLICE - 1) yield undefined;
    if (file.pins.length === 0) {
      unpinned += 1;
      firstUnpinned ??= file;
    } else if (STATES[file.status.kind].weight !== 'good') note(unlike, file);
  }
  return { unpinned, ...(firstUnpinned === undefined ? {} : { firstUnpinned }), unlike };
}

function note(unlike: Map<string, Unlike>, file: FileEntry): void {
  const step = file.declared.find((each) => each.step !== undefined)?.step ?? '';
  const drifted = file.status.kind === 'drifted';
  const known = unlike.get(step);
  if (known === undefined) unlike.set(step, { count: 1, first: file, drifted });
  else {
    known.count += 1;
    known.drifted &&= drifted;
  }
}

/**
 * The manifest: it can be read, pins every declared file, and every file it pins is verified. The last
 * is ours: vaibify's level does not look at the bytes again (docs/levels.md).
 */
export function fileBlockers({ project, tally }: GateView): Blocker[] {
  const blockers = manifestProblems(project);
  const { unpinned, firstUnpinned } = tally;
  if (firstUnpinned !== undefined) {
    const finding = {
      code: 'missing-from-manifest',
      count: unpinned,
      first: firstUnpinned.path,
    } as const;
    const place = placeOf(firstUnpinned) ?? startOf(project.file);
    blockers.push(blocks(3, finding, { place, remedy: 'regenerate-manifest' }));
  }
  for (const [step, { count, first, drifted }] of tally.unlike) {
    const of = step === '' ? {} : { step };
    const finding = { code: 'outputs-not-verified', count, first: first.path, ...of } as const;
    const place = placeOf(first) ?? startOf(project.manifest.file);
    const remedy = drifted ? ('regenerate-manifest' as const) : undefined;
    blockers.push(blocks(3, finding, { place, remedy, ...of }));
  }
  return [...blockers, ...beyond(project)];
}

/** Entries that were not kept are not watched, and what is not watched is not good. */
function beyond({ manifest, pins }: Project): Blocker[] {
  const count = manifest.entries - pins.length;
  if (count <= 0) return [];
  return [blocks(3, { code: 'outputs-not-verified', count }, { place: startOf(manifest.file) })];
}

/** Errors of the manifest itself, and declarations that can never be pinned. */
function manifestProblems(project: Project): Blocker[] {
  const blockers = project.findings.filter(holdsManifest).map((finding): Blocker => {
    const remedy =
      finding.code === 'manifest-empty' ? { remedy: 'regenerate-manifest' as const } : {};
    return { level: 3, finding, ...remedy };
  });
  const { manifest, declared } = project;
  if (!manifest.exists && declared.length === 0) {
    const place = startOf(project.file);
    blockers.push({ level: 3, finding: { code: 'manifest-empty', severity: 'info', place } });
  }
  return blockers;
}

/** `manifest-absent` is left to the files that it does not pin. */
function holdsManifest({ code, severity }: Project['findings'][number]): boolean {
  if (code === 'manifest-empty') return true;
  if (code === 'token-unresolved') return severity === 'warning';
  return severity === 'error' && code.startsWith('manifest-');
}

const placeOf = ({ declared, pins }: FileEntry) => declared[0]?.place ?? pins[0]?.place;

/** Whether a file is there, as far as the files of the snapshot can tell. */
export function isThere(
  view: Pick<GateView, 'files'>,
  file: RepoPath,
  otherwise: boolean,
): boolean {
  const status = view.files.get(file)?.status;
  if (status === undefined || status.kind === 'unknown') return otherwise;
  return status.kind !== 'missing';
}
