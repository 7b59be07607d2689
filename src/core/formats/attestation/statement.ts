/** in-toto Statements (v0.1, v1) with SLSA provenance (v0.2, v1) as their predicate. */
import type { Sha256 } from '../../model/digest.js';
import type { AttestationFormat, Subject } from '../../model/reference.js';
import { isRecord, own, refuse, textAt } from './json.js';
import type { AttestationResult, JsonRecord } from './json.js';
import { formatSorted } from '../sortedJson.js';
import type { JsonValue } from '../sortedJson.js';

/** in-toto attestation framework, `spec/v1/statement.md`. */
export const STATEMENT_V1 = 'https://in-toto.io/Statement/v1';
const STATEMENT_V01 = 'https://in-toto.io/Statement/v0.1';
/** slsa.dev, `spec/v1.0/provenance`. */
export const PROVENANCE_V1 = 'https://slsa.dev/provenance/v1';
const PROVENANCE_V02 = 'https://slsa.dev/provenance/v0.2';

const TYPES: ReadonlyMap<string, AttestationFormat> = new Map([
  [STATEMENT_V1, 'statement-v1'],
  [STATEMENT_V01, 'statement-v0.1'],
]);

/** Where each provenance names its builder. */
const BUILDERS: ReadonlyMap<string, readonly string[]> = new Map([
  [PROVENANCE_V1, ['runDetails', 'builder', 'id']],
  [PROVENANCE_V02, ['builder', 'id']],
]);

/** Whether a value says to be a Statement. */
export const isStatement = (value: JsonRecord): boolean => textAt(value, '_type') !== undefined;

/** Reads a Statement. Keys that it does not know are ignored, as the specification asks. */
export function parseStatement(value: JsonRecord): AttestationResult {
  const format = TYPES.get(textAt(value, '_type') ?? '');
  if (format === undefined) return refuse('malformed', '_type');
  const predicate = textAt(value, 'predicateType') ?? '';
  const builderKeys = BUILDERS.get(predicate);
  if (builderKeys === undefined) return refuse('predicate', predicate);
  const given = own(value, 'subject');
  if (!Array.isArray(given) || given.length === 0) return refuse('malformed', 'subject');
  const subjects: Subject[] = [];
  for (const [index, each] of given.entries()) {
    const subject = subjectOf(each, format);
    if (subject === undefined) return refuse('malformed', `subject[${index}]`);
    subjects.push(subject);
  }
  const builder = textAt(value, 'predicate', ...builderKeys);
  return {
    ok: true,
    document: { format, subjects, ...(builder === undefined ? {} : { builder }) },
  };
}

/** In v1 a subject need not have a name, and then it is nobody's. */
function subjectOf(value: unknown, format: AttestationFormat): Subject | undefined {
  if (!isRecord(value)) return undefined;
  const name = own(value, 'name');
  if (typeof name !== 'string' && (name !== undefined || format === 'statement-v0.1')) {
    return undefined;
  }
  const digest = own(value, 'digest');
  if (!isRecord(digest)) return undefined;
  return { name: name ?? '', sha256: textAt(digest, 'sha256') };
}

/** A thing that a provenance refers to. */
export interface Resource {
  readonly name?: string;
  readonly uri?: string;
  readonly sha256?: Sha256;
}

/** Everything that the provenance of a rebuild says. */
export interface ProvenanceFacts {
  readonly artifact: { readonly name: string; readonly sha256: Sha256 };
  readonly buildType: string;
  /** What the user decided. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What followed from the machine. */
  readonly internal: Readonly<Record<string, string>>;
  readonly dependencies: readonly Resource[];
  readonly byproducts: readonly Resource[];
  readonly builder: { readonly id: string; readonly name: string; readonly version: string };
  /** In milliseconds since 1970; told to the second. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** A Statement v1 with SLSA provenance v1: keys sorted, two blanks, a final line end. */
export function formatStatement(facts: ProvenanceFacts): string {
  const { artifact, builder } = facts;
  return `${formatSorted(
    map({
      _type: STATEMENT_V1,
      predicateType: PROVENANCE_V1,
      subject: [map({ name: artifact.name, digest: map({ sha256: artifact.sha256 }) })],
      predicate: map({
        buildDefinition: map({
          buildType: facts.buildType,
          externalParameters: map(facts.parameters),
          internalParameters: map(facts.internal),
          resolvedDependencies: facts.dependencies.map(resource),
        }),
        runDetails: map({
          builder: map({ id: builder.id, version: map({ [builder.name]: builder.version }) }),
          metadata: map({
            startedOn: utcSeconds(facts.startedAt),
            finishedOn: utcSeconds(facts.finishedAt),
          }),
          byproducts: facts.byproducts.map(resource),
        }),
      }),
    }),
  )}\n`;
}

const map = (record: Readonly<Record<string, JsonValue>>): JsonValue =>
  new Map(Object.entries(record));

const resource = ({ name, uri, sha256 }: Resource): JsonValue =>
  map({
    ...(name === undefined ? {} : { name }),
    ...(uri === undefined ? {} : { uri }),
    ...(sha256 === undefined ? {} : { digest: map({ sha256 }) }),
  });

/** `2026-11-21T10:11:12Z` (RFC 3339). */
export const utcSeconds = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
