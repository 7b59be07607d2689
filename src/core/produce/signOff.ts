import { parseVaibify } from '../formats/vaibify/vaibify.js';
import { decodeText, encodeText } from '../model/bytes.js';
import type { Sha256 } from '../model/digest.js';
import type { GateStep } from '../model/gates.js';
import type { RepoPath } from '../model/paths.js';
import type { DeclaredFile, Project } from '../model/project.js';
import type { Role } from '../model/place.js';
import type { FileStatus, StatusKind } from '../model/status.js';
import { absolutePath, sha256, writeAtomic } from '../system/files.js';
import type { Hasher } from '../system/hasher.js';
import { readInside } from '../system/inside.js';
import { makeDirectory } from '../system/temporary.js';
import { judge, judgeAll } from '../verify/judge.js';
import { ignoringState, signedState } from './stateText.js';

/** Where vaibify keeps what holds on one machine only. */
export const STATE_FILE = '.vaibify/state.json' as RepoPath;
const IGNORE_FILE = '.vaibify/.gitignore' as RepoPath;
const STATE_LIMIT = 64 << 20;
/** The largest pipeline document that is read. */
const DOCUMENT_LIMIT = 64 << 20;

/** One file that a person vouches for, with what its bytes are now. */
export interface SignedFile {
  readonly path: RepoPath;
  readonly role: Role;
  readonly status: FileStatus;
}

/** What signing a step off would do. Nothing is written yet. */
export interface SignOffPlan {
  readonly root: string;
  readonly step: Pick<GateStep, 'label' | 'kind'> & { readonly name: string };
  /** Every byte of them was read. */
  readonly files: readonly SignedFile[];
  /** Those of them that nobody can vouch for: they are not there, or are not what is pinned. */
  readonly against: readonly SignedFile[];
  /** The new state, and the digest of the present one; absent when there is none. */
  readonly bytes: Uint8Array;
  readonly replaces?: Sha256;
  /** The new `.vaibify/.gitignore`; absent when the present one will do. */
  readonly ignore?: Uint8Array;
}

/** How a sign-off is planned. */
export interface SignOffOptions {
  readonly hasher: Pick<Hasher, 'observe'>;
  readonly followLinks: boolean;
  /** Whether the repository holds no other pipeline. */
  readonly alone: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly signal?: AbortSignal;
}

/** A state of a file that does not speak against it; without a pin there is nothing to differ from. */
const ACCEPTED: ReadonlySet<StatusKind> = new Set(['verified', 'unpinned']);

/**
 * Plans a person's sign-off of a step, reading every byte of what the step makes.
 * @param label `A01`.
 * @returns `undefined` when the pipeline has no such step.
 * @throws {StateRefusedError} when the present state cannot be added to; `AbortError`.
 */
export async function planSignOff(
  project: Project,
  label: string,
  options: SignOffOptions,
): Promise<SignOffPlan | undefined> {
  const gates = project.envelope?.gates?.steps ?? [];
  const gate = gates.find((each) => each.label === label);
  const step = project.steps.find((each) => each.label === label);
  if (gate === undefined || step === undefined) return undefined;
  const files = await look(project, label, options);
  options.signal?.throwIfAborted();
  const against = files.filter(({ status }) => !ACCEPTED.has(status.kind));
  const old = await readInside(project.root, STATE_FILE, { limit: STATE_LIMIT });
  const ignored = await readInside(project.root, IGNORE_FILE, { limit: STATE_LIMIT });
  const ignore = ignoringState(textOf(ignored));
  const record = {
    file: project.file,
    step: gate.id === '' ? gate.directory : gate.id,
    figures: await figuresOf(project, label, files),
    at: options.at,
  };
  const owner = { file: project.file, alone: options.alone, ids: idsOf(gates) };
  return {
    root: project.root,
    step: { label, kind: gate.kind, name: step.name },
    files,
    against,
    bytes: encodeText(signedState(textOf(old), record, owner)),
    ...(old === undefined ? {} : { replaces: sha256(old) }),
    ...(ignore === undefined ? {} : { ignore: encodeText(ignore) }),
  };
}

/**
 * Writes a plan: atomically, and only if the state on disk is still the one that was planned for.
 * Never call it but for a person who was shown the plan and agreed.
 *
 * @throws SignOffChangedError when the state changed; the I/O error when writing fails.
 */
export async function writeSignOff(plan: SignOffPlan): Promise<void> {
  if (plan.against.length > 0) throw new Error('a plan that files speak against cannot be written');
  const { root } = plan;
  const now = await readInside(root, STATE_FILE, { limit: STATE_LIMIT });
  if ((now === undefined ? undefined : sha256(now)) !== plan.replaces) {
    throw new SignOffChangedError();
  }
  await makeDirectory(absolutePath(root, '.vaibify'));
  // First, so that nobody commits the state by accident.
  if (plan.ignore !== undefined) {
    await writeAtomic(absolutePath(root, IGNORE_FILE), plan.ignore, { within: root });
  }
  await writeAtomic(absolutePath(root, STATE_FILE), plan.bytes, { within: root });
}

/** The state was changed by someone else after the plan was shown. */
export class SignOffChangedError extends Error {
  readonly code = 'state-changed';

  constructor() {
    super(`${STATE_FILE} changed since the plan was made`);
    this.name = 'SignOffChangedError';
  }
}

const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : decodeText(bytes);

/** What a step makes; of the step that declares the use of AI, the declaration. */
const SIGNED: ReadonlySet<Role> = new Set(['output', 'plot', 'data', 'declaration']);

async function look(
  project: Project,
  label: string,
  { hasher, followLinks, signal }: SignOffOptions,
): Promise<SignedFile[]> {
  const made = new Map<RepoPath, DeclaredFile>();
  for (const file of project.declared) {
    if (file.step === label && SIGNED.has(file.role)) made.set(file.path, file);
  }
  const subjects = [...made.values()].map((file) => {
    const pins = project.pins.filter(({ path }) => path === file.path);
    return { file, pins, names: pins.length > 0 ? pins.map(({ name }) => name) : [file.path] };
  });
  const names = [...new Set(subjects.flatMap((subject) => subject.names))];
  const seen = await hasher.observe(project.root, names, {
    mode: 'read',
    followLinks,
    ...(signal === undefined ? {} : { signal }),
  });
  const at = (name: string) => seen[names.indexOf(name)];
  return subjects.map(({ file: { path, role }, pins }) => {
    const status = pins.length > 0 ? judgeAll(pins, at) : judge(undefined, at(path));
    return { path, role, status };
  });
}

/** The figures' digests by their name as the document spells it, which is how vaibify keeps them. */
async function figuresOf(
  { root, file }: Project,
  label: string,
  files: readonly SignedFile[],
): Promise<[string, Sha256][]> {
  const document = await readInside(root, file, { limit: DOCUMENT_LIMIT });
  const { entries } = parseVaibify(textOf(document) ?? '', file);
  const own = entries.filter(({ step, role }) => step === label && role === 'plot');
  return files.flatMap(({ path, role, status }): [string, Sha256][] => {
    if (role !== 'plot' || !('actual' in status)) return [];
    const named = own.find(({ joined, verbatim }) =>
      [joined, verbatim].some((name) => name?.ok === true && name.path === path),
    );
    return [[named?.text ?? path, status.actual]];
  });
}

function idsOf(steps: readonly GateStep[]): Map<string, string> {
  const byDirectory = new Map<string, string[]>();
  for (const { directory, id } of steps) {
    byDirectory.set(directory, [...(byDirectory.get(directory) ?? []), id]);
  }
  return new Map(
    [...byDirectory].flatMap(([directory, [id = '', ...more]]): [string, string][] =>
      more.length === 0 && id !== '' ? [[directory, id]] : [],
    ),
  );
}
