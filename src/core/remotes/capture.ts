import path from 'node:path';
import {
  ENVIRONMENT_FILE,
  ENVIRONMENT_LIMIT,
  parseEnvironment,
} from '../formats/environment/environment.js';
import { environmentChanges, formatEnvironment } from '../formats/environment/writer.js';
import type {
  EnvironmentRecord,
  KeyChange,
  RecordedBinary,
} from '../formats/environment/writer.js';
import { decodeText } from '../model/bytes.js';
import type { Sha256 } from '../model/digest.js';
import type { CapturedEnvironment } from '../model/envelope.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import { now } from '../system/clock.js';
import { absolutePath, readBytes, sha256, writeAtomic } from '../system/files.js';
import { makeDirectory, withTemporary } from '../system/temporary.js';
import { imageDeclared, imageOfContainer } from './captureImage.js';
import type { CapturedChoice } from './captureImage.js';
import { CaptureError } from './captureProblem.js';
import { commitTime } from './commitTime.js';
import { findEngine } from './engine.js';
import type { Engine } from './engine.js';
import { hashHostFile, recordBinary } from './hostBinaries.js';
import { hostProbe, probeTools } from './systemTools.js';

/** What is captured, and from where. */
export interface CaptureOptions {
  /** A running container; its image is recorded. */
  readonly container?: string;
  /** An image reference that the project declares, where no container is named. */
  readonly declared?: string;
  /** Default: docker, else podman, else none. */
  readonly engine?: Engine['kind'] | 'none';
  /** Absolute paths of the programs that the pipeline names; they are run with `--version`. */
  readonly binaries?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** What a capture would write. Nothing is written yet. */
export interface CapturePlan {
  /** Absolute directory of the project, and the document relative to it. */
  readonly root: string;
  readonly file: RepoPath;
  readonly text: string;
  /** Key by key, the time of the capture left out. */
  readonly changes: readonly KeyChange[];
  /** Whether anything but the time of the capture differs. */
  readonly differs: boolean;
  /** How it came about, and what it does not say. */
  readonly findings: readonly Finding[];
  /** Digest of the document that the plan replaces; absent when there was none. */
  readonly replaces?: Sha256;
}

/** The document on disk. */
interface Before {
  readonly text: string;
  readonly parsed: CapturedEnvironment;
}

/**
 * Finds out the environment and shows how its document would change. Without a container and a
 * declaration the image that is recorded already is captured again.
 *
 * @throws {CaptureError}; FileError and I/O errors when the present document cannot be read.
 */
export async function planCapture(root: string, options: CaptureOptions): Promise<CapturePlan> {
  const { signal } = options;
  const before = await readBefore(root);
  const choice = await chooseImage(root, options, before?.parsed);
  const record: EnvironmentRecord = {
    ...(choice === undefined ? {} : { container: choice.container }),
    tools: await probeTools(choice?.probe ?? hostProbe(signal)),
    binaries: await binariesOf(options, before?.parsed),
    epoch: (await commitTime(root, signal)) ?? 0,
    capturedAt: now(),
  };
  if (signal?.aborted === true) throw new CaptureError('cancelled', root);
  const notes = [...notesOn(before?.parsed, choice), ...(choice?.findings ?? [])];
  return { root, file: ENVIRONMENT_FILE, findings: notes, ...compared(record, before) };
}

function compared(record: EnvironmentRecord, before: Before | undefined) {
  const text = formatEnvironment(record, before?.text);
  const changes = environmentChanges(before?.text, text);
  const differs = before === undefined || changes.length > 0;
  const replaces = before === undefined ? {} : { replaces: before.parsed.digest };
  return { text, changes, differs, ...replaces };
}

/**
 * Writes a plan: whole or not at all, and only over the document that the plan was compared with.
 *
 * @throws CaptureError `changed-meanwhile`; FileError for a link on the way; the I/O error when writing
 * fails. In every case the old document stays as it was.
 */
export async function writeCapture(plan: CapturePlan): Promise<void> {
  const absolute = absolutePath(plan.root, plan.file);
  const bytes = await readBytes(absolute, { limit: ENVIRONMENT_LIMIT });
  if ((bytes === undefined ? undefined : sha256(bytes)) !== plan.replaces) {
    throw new CaptureError('changed-meanwhile', plan.file);
  }
  await makeDirectory(path.dirname(absolute));
  await writeAtomic(absolute, Buffer.from(plan.text, 'utf8'), { within: plan.root });
}

async function readBefore(root: string): Promise<Before | undefined> {
  const absolute = absolutePath(root, ENVIRONMENT_FILE);
  const bytes = await readBytes(absolute, { limit: ENVIRONMENT_LIMIT });
  if (bytes === undefined) return undefined;
  const text = decodeText(bytes);
  return { text, parsed: parseEnvironment(text, ENVIRONMENT_FILE, sha256(bytes)) };
}

/** `undefined`: captured without a container, as before. */
async function chooseImage(
  root: string,
  options: CaptureOptions,
  before: CapturedEnvironment | undefined,
): Promise<CapturedChoice | undefined> {
  const { container, signal } = options;
  const engine = await engineFor(options);
  if (container !== undefined) {
    if (engine === undefined) throw new CaptureError('no-engine', 'docker, podman');
    return imageOfContainer(engine, container, { signal });
  }
  const declared = options.declared ?? before?.image?.reference;
  if (declared !== undefined) return imageDeclared(declared, engine, { signal });
  if (before?.mode === 'host') return undefined;
  throw new CaptureError('nothing-declared', root);
}

/** @throws CaptureError `no-engine` when one was asked for by name. */
async function engineFor({ engine, signal }: CaptureOptions): Promise<Engine | undefined> {
  if (engine === 'none') return undefined;
  const found = await findEngine(engine === undefined ? undefined : [engine], signal);
  if (found === undefined && engine !== undefined) throw new CaptureError('no-engine', engine);
  return found;
}

/** Those that the pipeline names, and those that somebody captured by hand before. */
async function binariesOf(
  { binaries = [], signal }: CaptureOptions,
  before: CapturedEnvironment | undefined,
): Promise<RecordedBinary[]> {
  const named = new Set(binaries);
  const recorded = await withTemporary(async (cwd) => {
    const found: RecordedBinary[] = [];
    for (const each of named) found.push(await recordBinary(each, { cwd, signal }));
    return found;
  });
  const others = (before?.binaries ?? []).filter((each) => !named.has(each.path));
  for (const { path: at, digest, version } of others) {
    // Named by the document alone, it is not run: its version holds as long as its bytes do.
    const actual = await hashHostFile(at, signal);
    const same = actual === digest && version !== undefined;
    recorded.push({
      path: at,
      ...(actual === undefined ? {} : { digest: actual }),
      ...(same ? { version } : {}),
    });
  }
  return recorded;
}

function notesOn(
  before: CapturedEnvironment | undefined,
  choice: CapturedChoice | undefined,
): Finding[] {
  const torn = before?.findings.some(({ code }) => code === 'environment-json-syntax') === true;
  const foreign = choice !== undefined && choice.probe === undefined;
  return [
    ...(torn ? [{ code: 'capture-replaces-malformed', severity: 'warning' } as const] : []),
    ...(foreign ? [{ code: 'capture-tools-of-host', severity: 'info' } as const] : []),
  ];
}
