/** Records of reruns: `.vaibify/l3_attestation.json` and its history (docs/rerun.md). */
import { parseSha256 } from '../../model/digest.js';
import type { Sha256 } from '../../model/digest.js';
import type { Attestation } from '../../model/envelope.js';
import type { RepoPath } from '../../model/paths.js';
import type { Isolation } from '../../model/tier.js';
import { formatSorted } from '../sortedJson.js';
import type { JsonValue } from '../sortedJson.js';
import { elements, JsonText, member } from '../vaibify/json.js';
import type { Node } from '../vaibify/json.js';
import { pythonNumber } from '../vaibify/paths.js';
import { stringOf } from '../vaibify/reader.js';

/** The newest record, relative to the project's root. */
export const ATTESTATION = '.vaibify/l3_attestation.json' as RepoPath;
/** The directory of all records, one file each. */
export const ATTESTATIONS = '.vaibify/l3_attestations' as RepoPath;

const SCHEMA = 2;

/** Everything that one record says. */
export interface AttestationFacts {
  readonly outcome: Attestation['outcome'];
  /** Digest of the manifest that was frozen before the run. */
  readonly manifest: Sha256;
  readonly matched: number;
  readonly total: number;
  /** What diverged: what befell the run as a whole, then paths. */
  readonly diverged: readonly string[];
  /** When the run ended, in milliseconds since 1970. */
  readonly attestedAt: number;
  readonly durationSeconds: number;
  /** Path of the log, relative to the project's root. */
  readonly log: RepoPath;
  /** The image that the run was shut into. */
  readonly image?: string;
  readonly isolation: Isolation;
  readonly commit: string;
  /** `SOURCE_DATE_EPOCH` of the run, in seconds. */
  readonly epoch: number;
  readonly tool: { readonly name: string; readonly version: string };
}

/**
 * Reads a record of either schema version; `undefined` for what is no JSON object, as for vaibify.
 * Only `passed` counts as passed.
 */
export function parseAttestation(text: string, file: RepoPath): Attestation | undefined {
  const json = new JsonText(text);
  const { root } = json;
  if (root?.type !== 'object' || json.problems.length > 0) return undefined;
  const manifest = digestOf(stringOf(member(root, 'sManifestDigestAtAttestation')));
  const attestedAt = stringOf(member(root, 'sAttestedAtUtc'));
  const seconds = numberOf(member(root, 'fDurationSeconds'));
  return {
    file,
    outcome: stringOf(member(root, 'sStatus')) === 'passed' ? 'passed' : 'failed',
    ...(manifest === undefined ? {} : { manifest }),
    matched: count(member(root, 'iOutputHashesMatched')),
    total: count(member(root, 'iOutputHashesTotal')),
    ...(attestedAt === undefined ? {} : { attestedAt }),
    ...(seconds === undefined || seconds < 0 ? {} : { durationSeconds: seconds }),
    diverged: elements(member(root, 'listDivergedHashes')).flatMap((each) => stringOf(each) ?? []),
  };
}

/** The bytes of a record: vaibify's keys and form (no final newline), and a few keys of our own. */
export function formatAttestation(facts: AttestationFacts): string {
  const record: Record<string, JsonValue> = {
    iSchemaVersion: SCHEMA,
    sStatus: facts.outcome,
    sManifestDigestAtAttestation: `sha256:${facts.manifest}`,
    sImageDigest: facts.image ?? null,
    sAttestedAtUtc: utcSeconds(facts.attestedAt),
    fDurationSeconds: { raw: pythonNumber(facts.durationSeconds.toFixed(3)) },
    iOutputHashesMatched: facts.matched,
    iOutputHashesTotal: facts.total,
    listDivergedHashes: facts.diverged,
    sRunLogPath: facts.log,
    dictAiProvenance: null,
    // Ours: vaibify keeps what it does not know.
    sIsolation: facts.isolation,
    sCommit: facts.commit,
    iSourceDateEpoch: facts.epoch,
    sTool: facts.tool.name,
    sToolVersion: facts.tool.version,
  };
  return formatSorted(new Map(Object.entries(record)));
}

/** The names that records of one moment have, without extension: `20261121T101112Z_passed`. */
export const recordStem = (attestedAt: number, outcome: Attestation['outcome']): string =>
  `${utcSeconds(attestedAt).replace(/[-:]/g, '')}_${outcome}`;

/** `2026-11-21T10:11:12Z`. */
const utcSeconds = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

/** vaibify compares the text, so upper-case digits would never be equal to a manifest's. */
function digestOf(text: string | undefined): Sha256 | undefined {
  const hex = text?.startsWith('sha256:') === true ? text.slice('sha256:'.length) : '';
  return hex === hex.toLowerCase() ? parseSha256(hex) : undefined;
}

function numberOf(node: Node | undefined): number | undefined {
  const value: unknown = node?.type === 'number' ? node.value : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function count(node: Node | undefined): number {
  const value = numberOf(node) ?? 0;
  return Number.isInteger(value) && value >= 0 ? value : 0;
}
