import type { CapturedTools } from '../../model/envelope.js';
import type { Sha256 } from '../../model/digest.js';
import { compareCodePoints } from '../../model/paths.js';
import { ENVIRONMENT_VERSION } from './schema.js';
import { formatSorted, jsonValue } from '../sortedJson.js';
import type { JsonValue } from '../sortedJson.js';
import { JsonText } from '../vaibify/json.js';

/** One program, as it was found. */
export interface RecordedBinary {
  readonly path: string;
  readonly digest?: Sha256;
  readonly version?: string;
}

/** What a capture found out. */
export interface EnvironmentRecord {
  /** Absent: captured without a container on purpose. */
  readonly container?: {
    /** Of the running container that was looked at. */
    readonly name?: string;
    /** `name@sha256:...`, or `sha256:...` for an image that no registry has. */
    readonly reference: string;
    readonly localOnly: boolean;
  };
  readonly tools: CapturedTools;
  readonly binaries: readonly RecordedBinary[];
  /** `SOURCE_DATE_EPOCH` in seconds since 1970; 0 when there is none. */
  readonly epoch: number;
  /** Milliseconds since 1970. */
  readonly capturedAt: number;
}

/** One value that the new document adds, changes or drops; as JSON text. */
export interface KeyChange {
  readonly key: string;
  readonly from?: string;
  readonly to?: string;
}

type Fields = ReadonlyMap<string, JsonValue>;
const NONE: Fields = new Map();

/**
 * The document in the form that every vaibify reads: the image's digest stands in both places, for
 * readers until 27 July 2026 look at the top only. Keys that are not known here are kept from the
 * document before, as they are spelled there.
 *
 * @param before The text that is replaced; of one that is no JSON object nothing can be kept.
 */
export function formatEnvironment(record: EnvironmentRecord, before?: string): string {
  const old = fieldsOf(before);
  const fields = new Map(old);
  for (const key of ['dictContainer', 'sImageDigest', 'sMode', 'listBinaries']) fields.delete(key);
  const { container } = record;
  if (container === undefined) fields.set('sMode', 'host');
  else {
    fields.set('dictContainer', merged(old.get('dictContainer'), containerFields(container)));
    fields.set('sImageDigest', container.reference);
  }
  const { python, compiler, libc, osRelease } = record.tools;
  const tools = { sPython: python, sGcc: compiler, sLibc: libc, sOsRelease: osRelease };
  fields.set('dictSystemTools', merged(old.get('dictSystemTools'), tools));
  setBinaries(fields, record.binaries);
  fields.set('iSourceDateEpoch', record.epoch);
  fields.set('sSchemaVersion', ENVIRONMENT_VERSION);
  fields.set('sTimestamp', timestamp(record.capturedAt));
  return formatSorted(fields);
}

/** What differs between two documents, key by key, the time of the capture left out. */
export function environmentChanges(before: string | undefined, after: string): KeyChange[] {
  const from = flattened(fieldsOf(before));
  const to = flattened(fieldsOf(after));
  return [...new Set([...from.keys(), ...to.keys()])]
    .filter((key) => key !== '' && key !== 'sTimestamp' && from.get(key) !== to.get(key))
    .sort(compareCodePoints)
    .map((key) => {
      const [old, now] = [from.get(key), to.get(key)];
      return {
        key,
        ...(old === undefined ? {} : { from: old }),
        ...(now === undefined ? {} : { to: now }),
      };
    });
}

/** Python's `datetime.isoformat` in UTC: six digits of a second, or none when all are zero. */
export function timestamp(milliseconds: number): string {
  const [seconds, fraction] = new Date(milliseconds).toISOString().slice(0, -1).split('.');
  return `${seconds ?? ''}${fraction === '000' ? '' : `.${fraction ?? ''}000`}+00:00`;
}

function containerFields(container: NonNullable<EnvironmentRecord['container']>) {
  return {
    sContainerName: container.name,
    sImageDigest: container.reference,
    bLocalImageOnly: container.localOnly,
  };
}

function setBinaries(fields: Map<string, JsonValue>, binaries: readonly RecordedBinary[]): void {
  const group = mapOf(fields.get('dictHostBinaries'));
  if (binaries.length === 0) {
    fields.delete('dictHostBinaries');
    return;
  }
  const before = listOf(group.get('listBinaries')).map(mapOf);
  const listBinaries = binaries.map(({ path, digest, version }) => {
    const same = before.find((each) => each.get('sBinaryPath') === path);
    return merged(same, { sBinaryPath: path, sSha256: digest, sVersion: version });
  });
  fields.set('dictHostBinaries', new Map([...group, ['listBinaries', listBinaries]]));
}

/** An object's other keys with these set; what could not be found out is null, as vaibify has it. */
function merged(
  before: JsonValue | undefined,
  values: Readonly<Record<string, string | boolean | undefined>>,
): Fields {
  const known = Object.entries(values).map(([key, value]) => [key, value ?? null] as const);
  return new Map<string, JsonValue>([...mapOf(before), ...known]);
}

function fieldsOf(text: string | undefined): Fields {
  if (text === undefined) return NONE;
  const json = new JsonText(text);
  if (json.root === undefined || json.problems.length > 0) return NONE;
  return mapOf(jsonValue(json, json.root));
}

const mapOf = (value: JsonValue | undefined): Fields =>
  value instanceof Map ? (value as Fields) : NONE;
const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];

/** Every value that is no container of others, by its path; empty objects and lists are values. */
function flattened(value: JsonValue, at = ''): Map<string, string> {
  const parts: (readonly [string, JsonValue])[] =
    value instanceof Map
      ? [...(value as Fields)].map(([key, each]) => [at === '' ? key : `${at}.${key}`, each])
      : listOf(value).map((each, index) => [`${at}[${index}]`, each]);
  if (parts.length === 0) return new Map([[at, formatSorted(value)]]);
  return new Map(parts.flatMap(([key, each]) => [...flattened(each, key)]));
}
