import { parseSha256 } from '../../model/digest.js';
import type { Sha256 } from '../../model/digest.js';
import type {
  CapturedBinary,
  CapturedEnvironment,
  CapturedImage,
  CapturedTools,
} from '../../model/envelope.js';
import type { Finding } from '../../model/finding.js';
import type { RepoPath } from '../../model/paths.js';
import type { Place } from '../../model/place.js';
import { ENVIRONMENT_VERSION, environmentDeviations } from './schema.js';
import { parseImageReference } from '../container/imageReference.js';
import { elements, JsonText, member } from '../vaibify/json.js';
import type { Node } from '../vaibify/json.js';

/** Where vaibify keeps it, relative to the project's root. */
export const ENVIRONMENT_FILE = '.vaibify/environment.json' as RepoPath;
/** The largest document that is read: it holds one image, a few tools and binaries. */
export const ENVIRONMENT_LIMIT = 4 << 20;
/** Binaries that are read; a hostile list is longer. */
const MOST_BINARIES = 1000;

/**
 * Reads a captured environment of either generation of vaibify (docs/environment.md): the image stands
 * in `dictContainer.sImageDigest` or, before, at the top. Never throws, whatever the text; findings of
 * severity `error` mean that no image is pinned.
 *
 * @param digest Of the bytes that the text was decoded from.
 */
export function parseEnvironment(
  text: string,
  file: RepoPath,
  digest: Sha256,
): CapturedEnvironment {
  const json = new JsonText(text);
  const { root } = json;
  const findings = json.problems.map(({ problem, span }): Finding => {
    return { code: 'environment-json-syntax', severity: 'error', problem, place: { file, span } };
  });
  const nothing = { file, digest, mode: 'container', binaries: [], tools: {} } as const;
  // What a torn file still holds is no record of anything.
  if (findings.length > 0) return { ...nothing, findings };
  if (root?.type !== 'object') return { ...nothing, findings: [noObject(json, file)] };
  const reader: Reader = { json, file, root };
  const mode = textAt(root, 'sMode') === 'host' ? 'host' : 'container';
  const image = mode === 'host' ? undefined : imageOf(reader);
  const epoch = epochOf(reader);
  const capturedAt = textAt(root, 'sTimestamp');
  return {
    file,
    digest,
    mode,
    ...(image === undefined ? {} : { image }),
    binaries: binariesOf(reader),
    tools: toolsOf(member(root, 'dictSystemTools')),
    ...(epoch === undefined ? {} : { epoch }),
    ...(capturedAt === undefined ? {} : { capturedAt }),
    findings: [
      ...environmentDeviations(json, file, root),
      ...versionFindings(reader),
      ...(mode === 'host' ? [] : imageFindings(reader, image)),
    ],
  };
}

interface Reader {
  readonly json: JsonText;
  readonly file: RepoPath;
  readonly root: Node;
}

function noObject(json: JsonText, file: RepoPath): Finding {
  const start = { line: 1, column: 1 };
  const span = json.root === undefined ? { start, end: start } : json.span(json.root);
  const field = '(document)';
  const data = { field, expected: 'an object' };
  return { code: 'environment-schema', severity: 'error', ...data, place: { file, span } };
}

/** The text of a key; empty texts say nothing, as in vaibify. */
function textAt(node: Node | undefined, key: string): string | undefined {
  const value: unknown = member(node, key)?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The nested digest if there is one, else the one at the top (since, and until, 27 July 2026). */
function digestNodes({ root }: Reader): readonly Node[] {
  return [member(root, 'dictContainer'), root]
    .map((parent) => [parent, textAt(parent, 'sImageDigest')] as const)
    .filter(([, text]) => text !== undefined)
    .flatMap(([parent]) => member(parent, 'sImageDigest') ?? []);
}

function imageOf(reader: Reader): CapturedImage | undefined {
  const [node] = digestNodes(reader);
  if (node === undefined) return undefined;
  const reference = String(node.value);
  const parsed = parseImageReference(reference);
  const flag: unknown = member(member(reader.root, 'dictContainer'), 'bLocalImageOnly')?.value;
  return {
    reference,
    ...(parsed?.digest === undefined ? {} : { digest: parsed.digest }),
    localOnly: parsed?.kind === 'local' || flag === true,
    place: { file: reader.file, span: reader.json.inside(node) },
  };
}

function imageFindings(reader: Reader, image: CapturedImage | undefined): Finding[] {
  const { json, file, root } = reader;
  if (image === undefined) {
    const at = member(root, 'dictContainer') ?? root;
    const place = { file, span: json.opening(at) };
    return [{ code: 'environment-no-image', severity: 'error', place }];
  }
  const found: Finding[] = [];
  if (image.digest === undefined) {
    const { reference, place } = image;
    found.push({ code: 'environment-unpinned', severity: 'error', reference, place });
  }
  const [, second] = digestNodes(reader);
  if (second !== undefined && second.value !== image.reference) {
    const place = { file, span: json.inside(second) };
    const other = String(second.value);
    found.push({ code: 'environment-two-images', severity: 'error', other, place });
  }
  return found;
}

function versionFindings({ json, file, root }: Reader): Finding[] {
  const node = member(root, 'sSchemaVersion');
  if (typeof node?.value !== 'string' || node.value === ENVIRONMENT_VERSION) return [];
  const place = { file, span: json.inside(node) };
  const version = node.value;
  return [{ code: 'environment-schema-newer', severity: 'warning', version, place }];
}

/** As vaibify reads it: an integer in form, not only in value; before 1970 counts as 1970. */
function epochOf({ json, root }: Reader): number | undefined {
  const node = member(root, 'iSourceDateEpoch');
  if (node?.type !== 'number' || !/^-?\d{1,15}$/.test(json.raw(node))) return undefined;
  return Math.max(0, Number(json.raw(node)));
}

function binariesOf({ json, file, root }: Reader): CapturedBinary[] {
  const nested = member(member(root, 'dictHostBinaries'), 'listBinaries');
  const list = nested ?? member(root, 'listBinaries');
  return elements(list)
    .slice(0, MOST_BINARIES)
    .flatMap((node) => {
      const path = textAt(node, 'sBinaryPath');
      if (path === undefined) return [];
      const digest = parseSha256(textAt(node, 'sSha256') ?? '');
      const version = textAt(node, 'sVersion');
      const place: Place = { file, span: json.inside(member(node, 'sBinaryPath') ?? node) };
      return [
        {
          path,
          ...(digest === undefined ? {} : { digest }),
          ...(version === undefined ? {} : { version }),
          place,
        },
      ];
    });
}

function toolsOf(node: Node | undefined): CapturedTools {
  const keys = { python: 'sPython', compiler: 'sGcc', libc: 'sLibc', osRelease: 'sOsRelease' };
  return Object.fromEntries(
    Object.entries(keys).flatMap(([tool, key]) => {
      const text = textAt(node, key);
      return text === undefined ? [] : [[tool, text] as const];
    }),
  );
}
