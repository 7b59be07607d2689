/** FixOps's two documents: the flat attestation that it compares with, and the verdict that it writes. */
import { parseSha256 } from '../../model/digest.js';
import type { Sha256 } from '../../model/digest.js';
import type { Subject } from '../../model/reference.js';
import { isRecord, own, refuse, textAt } from './json.js';
import type { AttestationResult, JsonRecord } from './json.js';
import { formatSorted } from '../sortedJson.js';
import type { JsonValue } from '../sortedJson.js';
import { utcSeconds } from './statement.js';

/** Whether a value says to be FixOps's own attestation. */
export const isFixops = (value: JsonRecord): boolean => own(value, 'slsaVersion') !== undefined;

/** Reads it as strictly as FixOps does (docs/rebuild.md); further keys are ignored. */
export function parseFixops(value: JsonRecord): AttestationResult {
  const problem = CHECKS.find(([, holds]) => !holds(value))?.[0];
  if (problem !== undefined) return refuse('malformed', problem);
  const given = own(value, 'subject');
  if (!Array.isArray(given) || given.length === 0) return refuse('malformed', 'subject');
  const subjects: Subject[] = [];
  for (const [index, each] of given.entries()) {
    const name = textAt(each, 'name') ?? '';
    const sha256 = textAt(each, 'digest', 'sha256');
    if (name === '' || sha256 === undefined) return refuse('malformed', `subject[${index}]`);
    subjects.push({ name, sha256 });
  }
  const builder = textAt(value, 'builder', 'id') ?? '';
  return { ok: true, document: { format: 'fixops', subjects, builder } };
}

/** The keys that must be there, and what they must be; a version that is a number is none. */
const CHECKS: readonly (readonly [string, (value: JsonRecord) => boolean])[] = [
  ['slsaVersion', (value) => own(value, 'slsaVersion') === '1.0'],
  ['builder', (value) => textAt(value, 'builder', 'id') !== undefined],
  ['buildType', (value) => textAt(value, 'buildType') !== undefined],
  ['source', (value) => textAt(value, 'source', 'uri') !== undefined],
  ['metadata', (value) => isRecord(own(value, 'metadata'))],
  ['materials', (value) => areMaterials(own(value, 'materials'))],
];

const areMaterials = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) && value.every((each) => textAt(each, 'uri') !== undefined));

/** What a reference says of an artifact. */
export interface ReferenceFacts {
  readonly name: string;
  readonly sha256: Sha256;
  readonly builder: string;
  readonly buildType: string;
  /** The plan, relative to the repository. */
  readonly plan: { readonly uri: string; readonly sha256: Sha256 };
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

/**
 * The flat attestation that FixOps accepts. Nothing in it says `reproducible`: one build shows
 * nothing of the kind.
 */
export function formatReference(facts: ReferenceFacts): string {
  const plan = { uri: facts.plan.uri, digest: map({ sha256: facts.plan.sha256 }) };
  return `${formatSorted(
    map({
      slsaVersion: '1.0',
      builder: map({ id: facts.builder }),
      buildType: facts.buildType,
      source: map({ uri: facts.plan.uri }),
      metadata: map({
        buildStartedOn: utcSeconds(facts.startedAt),
        buildFinishedOn: utcSeconds(facts.finishedAt),
      }),
      materials: [map(plan)],
      subject: [map({ name: facts.name, digest: map({ sha256: facts.sha256 }) })],
    }),
  )}\n`;
}

/** The ten keys of FixOps's verdict, by their own names. */
export interface VerdictFacts {
  readonly artifact: string;
  readonly artifactPath: string;
  readonly generated: Sha256;
  readonly match: boolean;
  readonly plan: string;
  /** Verbatim. */
  readonly reference: string | undefined;
  readonly source: string | undefined;
  readonly tag: string;
  /** In milliseconds since 1970. */
  readonly verifiedAt: number;
  /** Keys of our own, which FixOps's readers ignore. */
  readonly more: Readonly<Record<string, string>>;
}

/** The verdict as FixOps writes it: sorted keys, two blanks, ASCII, a final line end. */
export function formatVerdict(facts: VerdictFacts): string {
  const { reference, source } = facts;
  return `${formatSorted(
    map({
      ...facts.more,
      artifact: facts.artifact,
      artifact_path: facts.artifactPath,
      attestation_path: null,
      generated_digest: map({ sha256: facts.generated }),
      match: facts.match,
      plan: facts.plan,
      reference_digest: reference === undefined ? null : map({ sha256: reference }),
      reference_source: source ?? null,
      tag: facts.tag,
      verified_at: pythonTime(facts.verifiedAt),
    }),
  )}\n`;
}

const map = (record: Readonly<Record<string, JsonValue>>): JsonValue =>
  new Map(Object.entries(record));

/** As Python's `isoformat` writes a time in UTC: microseconds only when there are any. */
export function pythonTime(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return text.replace(/\.(\d+)Z$/, (_, digits: string) =>
    digits === '000' ? '+00:00' : `.${digits}000+00:00`,
  );
}

/** What a verdict says that was written before, here or elsewhere: a claim, not a proof. */
export interface RecordedVerdict {
  readonly artifact: string;
  /** The path of the plan as it was given to whoever rebuilt. */
  readonly plan: string;
  readonly tag: string;
  readonly generated: Sha256;
  readonly match: boolean;
  /** Milliseconds since 1970. */
  readonly verifiedAt: number;
  /** What it was shut into; FixOps itself does not say. */
  readonly isolation?: string;
}

/** Reads a verdict of FixOps's or our own; `undefined` for anything else. Further keys are ignored. */
export function parseVerdict(text: string): RecordedVerdict | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const [artifact, plan, tag] = ['artifact', 'plan', 'tag'].map((key) => textAt(value, key));
  const generated = parseSha256(textAt(value, 'generated_digest', 'sha256') ?? '');
  const verifiedAt = Date.parse(textAt(value, 'verified_at') ?? '');
  const match = isRecord(value) ? own(value, 'match') : undefined;
  if (artifact === undefined || plan === undefined || tag === undefined) return undefined;
  if (generated === undefined || Number.isNaN(verifiedAt) || typeof match !== 'boolean') {
    return undefined;
  }
  const isolation = textAt(value, 'isolation');
  const more = isolation === undefined ? {} : { isolation };
  return { artifact, plan, tag, generated, match, verifiedAt, ...more };
}

/** The artifact's digest in a verdict that was written before; `undefined` for what is no verdict. */
export function generatedDigest(text: string): string | undefined {
  try {
    return textAt(JSON.parse(text), 'generated_digest', 'sha256');
  } catch {
    return undefined;
  }
}
