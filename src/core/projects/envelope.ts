import { ATTESTATION, parseAttestation } from '../formats/attestation/attestation.js';
import {
  ENVIRONMENT_FILE,
  ENVIRONMENT_LIMIT,
  parseEnvironment,
} from '../formats/environment/environment.js';
import { parseLock } from '../formats/lock/lock.js';
import { MOST_SYNC_STATUS, parseSyncStatus, SYNC_STATUS } from '../formats/vaibify/syncStatus.js';
import { STATE_LIMIT } from '../formats/vaibify/state.js';
import { decodeText, encodeText } from '../model/bytes.js';
import type { Sha256 } from '../model/digest.js';
import type { Envelope } from '../model/envelope.js';
import type { RepoPath } from '../model/paths.js';
import { absolutePath, listDirectory, sha256 } from '../system/files.js';
import { existsInside, readInside } from '../system/inside.js';
import { readConfig } from './config.js';
import type { ReadOptions } from './evidence.js';
import { CONTAINER_FILES } from './names.js';

/** The evidence beyond the manifest, relative to a project's root (docs/levels.md). */
export const ENVELOPE_FILES = {
  lock: 'requirements.lock' as RepoPath,
  environment: ENVIRONMENT_FILE,
  dockerfile: CONTAINER_FILES.dockerfile,
  attestation: ATTESTATION,
  mirrors: SYNC_STATUS as RepoPath,
  state: '.vaibify/state.json' as RepoPath,
  script: 'reproduce.sh' as RepoPath,
} as const;

/** The largest lock and attestation that are read, in bytes. */
const LOCK_LIMIT = 8 << 20;
const ATTESTATION_LIMIT = 4 << 20;
/** Where pipelines of one repository lie beside each other. */
const PIPELINES = ['.vaibify/projects', '.vaibify/workflows'] as RepoPath[];

/** What the projects of one root share. */
export interface Surroundings {
  readonly envelope: Omit<Envelope, 'gates'>;
  /** The text of the recorded state; a project finds its own part in it. */
  readonly state?: string;
  readonly scriptExists: boolean;
  /** The pipeline documents that lie in the places made for them. */
  readonly pipelines: readonly RepoPath[];
}

/** Reads what the projects of one root share. Never throws: what cannot be read is as if empty. */
export async function readSurroundings(root: string, options: ReadOptions): Promise<Surroundings> {
  const read = (file: RepoPath, limit: number): Promise<Text | undefined> =>
    readText({ root, file, limit }, options);
  const files = ENVELOPE_FILES;
  const lock = await read(files.lock, LOCK_LIMIT);
  const environment = await read(files.environment, ENVIRONMENT_LIMIT);
  const { dockerfile, findings: configuration } = await readConfig(root, options);
  const attested = await read(files.attestation, ATTESTATION_LIMIT);
  const mirrors = await read(files.mirrors, MOST_SYNC_STATUS);
  const state = await read(files.state, STATE_LIMIT);
  const attestation =
    attested === undefined ? undefined : parseAttestation(attested.text, files.attestation);
  return {
    envelope: {
      ...(lock && { lock: parseLock(lock.text, files.lock, lock.digest) }),
      ...(environment && {
        environment: parseEnvironment(environment.text, files.environment, environment.digest),
      }),
      ...(dockerfile && { dockerfile }),
      configuration,
      ...(attestation && { attestation }),
      ...(mirrors && { mirrors: parseSyncStatus(mirrors.text) }),
    },
    ...(state && { state: state.text }),
    scriptExists: existsInside(root, files.script),
    pipelines: await pipelinesIn(root),
  };
}

interface Text {
  readonly text: string;
  /** Of the bytes. */
  readonly digest: Sha256;
}

interface Wanted {
  readonly root: string;
  readonly file: RepoPath;
  readonly limit: number;
}

/** What cannot be read is there all the same: an empty text, which proves nothing. */
async function readText(
  { root, file, limit }: Wanted,
  { overlay }: ReadOptions,
): Promise<Text | undefined> {
  const unsaved = overlay?.(absolutePath(root, file));
  if (unsaved !== undefined) return { text: unsaved, digest: sha256(encodeText(unsaved)) };
  try {
    const bytes = await readInside(root, file, { limit });
    return bytes === undefined ? undefined : { text: decodeText(bytes), digest: sha256(bytes) };
  } catch {
    return { text: '', digest: sha256(new Uint8Array()) };
  }
}

async function pipelinesIn(root: string): Promise<RepoPath[]> {
  const found: RepoPath[] = [];
  for (const directory of PIPELINES) {
    const entries = await listDirectory(absolutePath(root, directory)).catch(() => undefined);
    const names = entries?.map(({ name }) => name).filter((name) => name.endsWith('.json'));
    found.push(...(names ?? []).map((name) => `${directory}/${name}` as RepoPath));
  }
  return found;
}

/** The digests that belong to a project's basis, in their fixed order. */
export const digestsOf = (envelope: Envelope): (Sha256 | undefined)[] => [
  envelope.lock?.digest,
  envelope.environment?.digest,
  envelope.dockerfile?.digest,
];
