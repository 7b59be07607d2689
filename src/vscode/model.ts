import * as vscode from 'vscode';
import { projectKey } from '../core/model/project.js';
import type { Project } from '../core/model/project.js';
import type { FileEntry, Snapshot } from '../core/model/snapshot.js';
import type { TierReport } from '../core/model/tier.js';
import type { ProjectRef } from '../core/projects/ref.js';
import { inTurns, now } from '../core/system/clock.js';
import type { Hasher, ObserveOptions } from '../core/system/hasher.js';
import type { Observation } from '../core/system/observation.js';
import type { ProjectTiers } from '../core/verify/report.js';
import { buildSnapshot, namesIn, namesOf } from '../core/verify/snapshot.js';
import { mergeTiers } from '../core/verify/tiers.js';
import { pathInside } from './places.js';

/** What may be out of date; each includes those before it. `touched`: the files that were named. */
export const STALE = { touched: 1, files: 2, documents: 3, projects: 4 } as const;
export type Stale = Exclude<keyof typeof STALE, 'touched'>;

/** One project before and after; one side is absent when it appeared or went away. */
export interface Change {
  readonly previous: Snapshot | undefined;
  readonly next: Snapshot | undefined;
}

/** What the model needs from the editor, read anew at every pass. */
export interface Surroundings {
  /** The projects of all folders of the window; `known` are those that there were. */
  readonly findProjects: (known: readonly ProjectRef[]) => Promise<ProjectRef[]>;
  /** Text of documents that are open and unsaved, by absolute path. */
  readonly overlay: (absolute: string) => string | undefined;
  /** How badges look: limits and links. */
  readonly automatic: () => Pick<ObserveOptions, 'followLinks' | 'maxBytes'>;
}

/** Work that a person asked for and can follow and stop. */
export interface Attended {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: { readonly files: number; readonly bytes: number }) => void;
}

/** What is drawn anew, and when the look behind it ended; without `at` there was none. */
interface Redraw {
  readonly at?: number;
  readonly projects?: readonly Project[];
  readonly roots?: readonly string[];
}

/** Changes are gathered this long before a pass, from the first one on: a burst makes one pass. */
const GATHER_MS = 10;
/** Files looked at between two redraws of a long first pass. */
const SLICE = 2048;
/** The least time between two redraws of a pass, in milliseconds. */
const REDRAW_MS = 400;

/**
 * The only mutable state of the editor layer: the latest snapshot of every project, and what was
 * last seen on disk. Surfaces draw `snapshots` and nothing else.
 */
export class Model implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<readonly Change[]>();
  readonly onDidChange = this.#changed.event;
  readonly #busy = new vscode.EventEmitter<boolean>();
  /** Whether a pass over the disk is running. */
  readonly onDidChangeBusy = this.#busy.event;

  readonly #hasher: Hasher;
  readonly #around: Surroundings;
  readonly #onError: (error: unknown) => void;
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #seen = new Map<string, Map<string, Observation>>();
  /** By project; out of date or not, for evidence can come back as it was. */
  readonly #tiers = new Map<string, readonly TierReport[]>();
  #refs: readonly ProjectRef[] = [];
  readonly #touched = new Map<string, Set<string>>();
  #wanted = 0;
  #working = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #drawing: Promise<void> = Promise.resolve();
  readonly #ended = new AbortController();

  constructor(hasher: Hasher, around: Surroundings, onError: (error: unknown) => void) {
    this.#hasher = hasher;
    this.#around = around;
    this.#onError = onError;
  }

  /** Every project's latest snapshot, in the order in which they were found. */
  get snapshots(): readonly Snapshot[] {
    return [...this.#snapshots.values()];
  }

  /** The file that a URI names, in every project that declares or pins it. */
  entriesAt(uri: vscode.Uri): { readonly snapshot: Snapshot; readonly entry: FileEntry }[] {
    return this.snapshots.flatMap((snapshot) => {
      const path = pathInside(snapshot.project.root, uri);
      const entry = path === undefined ? undefined : snapshot.byPath.get(path);
      return entry === undefined ? [] : [{ snapshot, entry }];
    });
  }

  /** Says that something may be out of date; a pass follows soon. */
  invalidate(what: Stale): void {
    this.#want(STALE[what]);
  }

  /** Says that one file changed: the pass looks at it alone. False when no project knows it. */
  touch(uri: vscode.Uri): boolean {
    const known = this.entriesAt(uri);
    for (const { snapshot, entry } of known) {
      const { root } = snapshot.project;
      const names = this.#touched.get(root) ?? new Set<string>();
      this.#touched.set(root, names);
      for (const name of namesIn(entry)) names.add(name);
    }
    if (known.length > 0) this.#want(STALE.touched);
    return known.length > 0;
  }

  #want(stale: number): void {
    if (this.#isEnded()) return;
    this.#wanted = Math.max(this.#wanted, stale);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#enqueue(() => this.#pass());
    }, GATHER_MS);
  }

  /** Resolves when nothing is out of date and no pass is running. */
  async settled(): Promise<void> {
    while (this.#wanted > 0 || this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      await this.#enqueue(() => this.#pass());
    }
    await this.#running;
  }

  /**
   * Reads every byte of the named files (all files of the projects when none are named) and draws
   * what comes of it. A signal leaves the rest as it was: an unfinished look proves nothing.
   */
  async verify(
    projects: readonly Project[],
    { signal, onProgress }: Attended,
    only?: readonly string[],
  ): Promise<void> {
    // Beside the passes, not in their queue: marks keep up while gigabytes are read.
    await this.#busily(async () => {
      let before = 0;
      for (const [root, members] of byRoot(projects)) {
        const names = only ?? uniqueNames(members);
        const done = before;
        const seen = await this.#hasher.observe(root, names, {
          ...this.#around.automatic(),
          maxBytes: Infinity,
          mode: 'read',
          signal: AbortSignal.any(
            signal === undefined ? [this.#ended.signal] : [signal, this.#ended.signal],
          ),
          onProgress: ({ files, bytes }) => onProgress?.({ files: done + files, bytes }),
        });
        before += names.length;
        this.#note(root, names, seen);
      }
      await this.#redraw({ at: now(), roots: projects.map(({ root }) => root) });
    });
  }

  /**
   * Takes in what another process of ours found out about tiers, and draws what of it still counts.
   * @returns the newest results of that project, those that are out of date included.
   */
  async takeTiers(news: ProjectTiers): Promise<readonly TierReport[]> {
    const key = projectKey(news);
    const all = mergeTiers(this.#tiers.get(key) ?? [], news.tiers);
    this.#tiers.set(key, all);
    await this.#redraw({ roots: [news.root] });
    return all;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#ended.abort();
    this.#changed.dispose();
    this.#busy.dispose();
  }

  #isEnded(): boolean {
    return this.#ended.signal.aborted;
  }

  /** One pass at a time, in order; what goes wrong in one does not stop the next. */
  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#running = this.#running.then(async () => {
      if (this.#isEnded()) return;
      await this.#busily(work).catch((error: unknown) => {
        if (!this.#isEnded()) this.#onError(error);
      });
    });
    return this.#running;
  }

  async #busily(work: () => Promise<void>): Promise<void> {
    this.#working += 1;
    this.#busy.fire(true);
    try {
      await work();
    } finally {
      this.#working -= 1;
      this.#busy.fire(this.#working > 0);
    }
  }

  async #pass(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = 0;
    if (wanted === 0) return;
    if (wanted >= STALE.projects) this.#refs = await this.#around.findProjects(this.#refs);
    if (wanted >= STALE.documents) await this.#readDocuments();
    const touched = new Map([...this.#touched].map(([root, names]) => [root, [...names]]));
    this.#touched.clear();
    await this.#lookAt(wanted === STALE.touched ? touched : this.#allNames());
  }

  #allNames(): Map<string, string[]> {
    const groups = byRoot(this.snapshots.map(({ project }) => project));
    return new Map([...groups].map(([root, members]) => [root, uniqueNames(members)]));
  }

  async #readDocuments(): Promise<void> {
    const { readProjects } = await import('../core/projects/read.js');
    const projects = await readProjects(this.#refs, { overlay: this.#around.overlay });
    const roots = new Set(projects.map(({ root }) => root));
    for (const root of this.#seen.keys()) if (!roots.has(root)) this.#seen.delete(root);
    await this.#redraw({ projects });
  }

  async #lookAt(wanted: ReadonlyMap<string, readonly string[]>): Promise<void> {
    let drawn = now();
    for (const [root, names] of wanted) {
      for (let start = 0; start < names.length; start += SLICE) {
        const slice = names.slice(start, start + SLICE);
        const options = {
          ...this.#around.automatic(),
          mode: 'cached',
          signal: this.#ended.signal,
        } as const;
        this.#note(root, slice, await this.#hasher.observe(root, slice, options));
        if (now() - drawn > REDRAW_MS) {
          await this.#redraw({ at: now(), roots: [root] });
          drawn = now();
        }
      }
    }
    await this.#redraw({ at: now(), roots: [...wanted.keys()] });
  }

  /** Keeps what was seen. A cancelled look is no news: what was known stays. */
  #note(root: string, names: readonly string[], seen: readonly Observation[]): void {
    const known = this.#seen.get(root) ?? new Map<string, Observation>();
    this.#seen.set(root, known);
    seen.forEach((observation, index) => {
      const name = names[index];
      if (name !== undefined && observation.kind !== 'cancelled') known.set(name, observation);
    });
  }

  /** One redraw at a time, each from the snapshots that the one before left. */
  #redraw(what: Redraw): Promise<void> {
    this.#drawing = this.#drawing.then(() => this.#drawAll(what));
    return this.#drawing;
  }

  /** Makes new snapshots of the projects (default: those there are), of the named roots only. */
  async #drawAll({ at, projects, roots }: Redraw): Promise<void> {
    const before = new Map(this.#snapshots);
    const after = new Map<string, Snapshot>();
    for (const project of projects ?? this.snapshots.map((snapshot) => snapshot.project)) {
      const key = projectKey(project);
      const previous = before.get(key);
      const kept = roots?.includes(project.root) === false ? previous : undefined;
      after.set(key, kept ?? (await this.#draw(project, at ?? previous?.checkedAt, previous)));
    }
    if (this.#isEnded()) return;
    this.#snapshots.clear();
    for (const [key, snapshot] of after) this.#snapshots.set(key, snapshot);
    const changes = [...new Set([...before.keys(), ...after.keys()])]
      .map((key) => ({ previous: before.get(key), next: after.get(key) }))
      .filter(({ previous, next }) => previous !== next);
    if (changes.length > 0) this.#changed.fire(changes);
  }

  /** Builds a snapshot without ever holding up the editor for long. */
  async #draw(
    project: Project,
    checkedAt: number | undefined,
    previous: Snapshot | undefined,
  ): Promise<Snapshot> {
    const seen = this.#seen.get(project.root) ?? new Map<string, Observation>();
    const tiers = this.#tiers.get(projectKey(project)) ?? [];
    return inTurns(buildSnapshot({ project, seen, checkedAt, previous, tiers }));
  }
}

const uniqueNames = (projects: readonly Project[]): string[] => [
  ...new Set(projects.flatMap(namesOf)),
];

/** Projects of one root share one look at its files. */
function byRoot(projects: readonly Project[]): Map<string, Project[]> {
  const groups = new Map<string, Project[]>();
  for (const project of projects) {
    const group = groups.get(project.root);
    if (group === undefined) groups.set(project.root, [project]);
    else group.push(project);
  }
  return groups;
}
