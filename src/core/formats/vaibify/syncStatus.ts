import { parseSha256 } from '../../model/digest.js';
import type { MirrorCheck, MirrorDifference } from '../../model/envelope.js';
import type { Service } from '../../model/findings/level.js';
import { formatSorted, jsonValue } from '../sortedJson.js';
import type { JsonValue } from '../sortedJson.js';
import { elements, JsonText, member } from './json.js';
import type { Node } from './json.js';
import { stringOf } from './reader.js';

/** Where vaibify keeps what it saw of published copies (docs/mirrors.md), relative to the root. */
export const SYNC_STATUS = '.vaibify/syncStatus.json';
/** The largest document that is read, in UTF-16 units here and in bytes on disk. */
export const MOST_SYNC_STATUS = 16 << 20;

const SERVICES = ['github', 'zenodo', 'arxiv', 'overleaf'] as const satisfies Service[];
/** Differences of one service that are kept: enough to see that it diverged. */
const MOST_DIVERGED = 10_000;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * What `.vaibify/syncStatus.json` says of each service that it names. Never throws: a document that
 * is no JSON object says nothing, a time of another form than vaibify's is absent, and a difference
 * that cannot be read is still a difference.
 */
export function parseSyncStatus(text: string): readonly MirrorCheck[] {
  const root = rootOf(text)?.node;
  return SERVICES.flatMap((service) => {
    const entry = member(root, service);
    return entry?.type === 'object' ? [checkOf(service, entry)] : [];
  });
}

function rootOf(text: string): { readonly json: JsonText; readonly node: Node } | undefined {
  if (text.length > MOST_SYNC_STATUS) return undefined;
  const json = new JsonText(text);
  if (json.root?.type !== 'object' || json.problems.length > 0) return undefined;
  return { json, node: json.root };
}

function checkOf(service: Service, entry: Node): MirrorCheck {
  const checkedAt = parseTime(stringOf(member(entry, 'sLastVerified')));
  const commit = stringOf(member(entry, 'sCommittedShaVerified'));
  const doi = stringOf(member(entry, 'sZenodoDoi'));
  const endpoint = stringOf(member(entry, 'sEndpointVerified'));
  return {
    service,
    ...(checkedAt === undefined ? {} : { checkedAt }),
    total: countOf(member(entry, 'iTotalFiles')),
    matching: countOf(member(entry, 'iMatching')),
    diverged: divergedOf(member(entry, 'listDiverged')),
    ...(commit ? { commit } : {}),
    ...(doi ? { doi } : {}),
    ...(endpoint ? { endpoint } : {}),
  };
}

function divergedOf(node: Node | undefined): MirrorDifference[] {
  if (node === undefined || node.type === 'null') return [];
  if (node.type !== 'array') return [{ path: '' }];
  return elements(node).slice(0, MOST_DIVERGED).map(differenceOf);
}

function differenceOf(node: Node): MirrorDifference {
  const expected = parseSha256(stringOf(member(node, 'sExpected')) ?? '');
  const actual = parseSha256(stringOf(member(node, 'sActual')) ?? '');
  return {
    path: stringOf(member(node, 'sPath')) ?? '',
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual }),
  };
}

function countOf(node: Node | undefined): number {
  const value: unknown = node?.value;
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

function parseTime(text: string | undefined): number | undefined {
  if (text === undefined || !TIME.test(text)) return undefined;
  const at = Date.parse(text);
  // 30 February parses as 2 March: what does not come out again was no date.
  return Number.isNaN(at) || formatTime(at) !== text ? undefined : at;
}

const formatTime = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/**
 * The document with these checks in the place of the earlier ones of their services. Other services
 * and unknown keys stay; a document that is no JSON object is replaced, as vaibify does.
 */
export function formatSyncStatus(
  oldText: string | undefined,
  checks: readonly MirrorCheck[],
): string {
  const old = oldText === undefined ? undefined : rootOf(oldText);
  const value =
    old === undefined ? new Map<string, JsonValue>() : mapOf(jsonValue(old.json, old.node));
  for (const check of checks) {
    value.set(check.service, new Map([...mapOf(value.get(check.service)), ...entriesOf(check)]));
  }
  return formatSorted(value);
}

const mapOf = (value: JsonValue | undefined): Map<string, JsonValue> =>
  new Map(value instanceof Map ? (value as ReadonlyMap<string, JsonValue>) : []);

function entriesOf(check: MirrorCheck): [string, JsonValue][] {
  const { service, checkedAt, diverged } = check;
  const entries: [string, JsonValue][] = [
    ['sService', service],
    ['sLastVerified', checkedAt === undefined ? null : formatTime(checkedAt)],
    ['iTotalFiles', check.total],
    ['iMatching', check.matching],
    ['listDiverged', diverged.map(differenceEntry)],
  ];
  if (service === 'github') entries.push(['sCommittedShaVerified', check.commit ?? '']);
  if (service === 'zenodo') {
    entries.push(['sZenodoDoi', check.doi ?? ''], ['sEndpointVerified', check.endpoint ?? '']);
  }
  return entries;
}

const differenceEntry = ({ path, expected, actual }: MirrorDifference): JsonValue =>
  new Map<string, JsonValue>([
    ['sPath', path],
    ['sExpected', expected ?? null],
    ['sActual', actual ?? null],
  ]);
