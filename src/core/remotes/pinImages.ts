import { parseDockerfile } from '../formats/dockerfile/dockerfile.js';
import { parseImageReference } from '../formats/container/imageReference.js';
import { decodeText, encodeText } from '../model/bytes.js';
import type { Sha256 } from '../model/digest.js';
import type { BaseImage } from '../model/envelope.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import { absolutePath, readBytes, sha256, writeAtomic } from '../system/files.js';
import { CaptureError } from './captureProblem.js';
import { imageFinding } from './imageFindings.js';
import { resolveTag } from './registry.js';
import { dockerCredentials } from './registryCredentials.js';

/** One base image that gets a digest. */
export interface ImagePinning {
  /** From 1. */
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

/** What pinning a Dockerfile would do. Nothing is written yet. */
export interface PinPlan {
  readonly root: string;
  readonly file: RepoPath;
  readonly text: string;
  readonly pinned: readonly ImagePinning[];
  /** Base images that stay without a digest, and why. */
  readonly findings: readonly Finding[];
  /** Base images that have a digest already. */
  readonly held: number;
  readonly replaces: Sha256;
}

const LIMIT = 1 << 20;

/**
 * Asks the registries for the digests that the tags of a Dockerfile's base images have now. Only the
 * text of the references changes.
 * @returns `undefined` when there is no such file.
 */
export async function planPin(
  root: string,
  file: RepoPath,
  signal?: AbortSignal,
): Promise<PinPlan | undefined> {
  const bytes = await readBytes(absolutePath(root, file), { limit: LIMIT });
  if (bytes === undefined) return undefined;
  const text = decodeText(bytes);
  const replaces = sha256(bytes);
  const bases = parseDockerfile(text, file, replaces).bases.filter(({ internal }) => !internal);
  const open = bases.filter(({ digest }) => digest === undefined);
  const offsets = lineStarts(text);
  const edits: (ImagePinning & { readonly at: number })[] = [];
  const findings: Finding[] = [];
  for (const base of open) {
    const { line, column } = base.place.span.start;
    const at = (offsets[line - 1] ?? 0) + column - 1;
    const written = text.startsWith(base.reference, at);
    const answer = written ? await pinOf(base, signal) : variable(base);
    if (typeof answer === 'string') edits.push({ line, from: base.reference, to: answer, at });
    else findings.push(answer);
  }
  return {
    root,
    file,
    text: edited(text, edits),
    pinned: edits.map(({ line, from, to }) => ({ line, from, to })),
    findings,
    held: bases.length - open.length,
    replaces,
  };
}

/**
 * Writes a plan, whole or not at all, over the text that it was made from.
 * @throws CaptureError `changed-meanwhile`; FileError for a link on the way.
 */
export async function writePin(plan: PinPlan): Promise<void> {
  const absolute = absolutePath(plan.root, plan.file);
  const bytes = await readBytes(absolute, { limit: LIMIT });
  if (bytes === undefined || sha256(bytes) !== plan.replaces) {
    throw new CaptureError('changed-meanwhile', plan.file);
  }
  await writeAtomic(absolute, encodeText(plan.text), { within: plan.root });
}

/** The reference with its digest, or why there is none. */
async function pinOf(base: BaseImage, signal: AbortSignal | undefined): Promise<string | Finding> {
  const { reference, place } = base;
  const parsed = parseImageReference(reference);
  if (parsed?.kind !== 'registry') {
    return { code: 'environment-unpinned', severity: 'error', reference, place };
  }
  const found = await resolveTag(parsed, { signal, credentials: dockerCredentials });
  if (found.kind !== 'ok') return imageFinding(found, base, parsed);
  return `${reference}@sha256:${found.digest}`;
}

const variable = ({ reference, place }: BaseImage): Finding => ({
  code: 'pin-variable',
  severity: 'warning',
  reference,
  place,
});

/** Where the lines of a text begin, as places count them; a byte-order mark is before the first. */
function lineStarts(text: string): number[] {
  const first = text.startsWith('\uFEFF') ? 1 : 0;
  return [
    first,
    ...[...text.matchAll(/\r\n|\n|\r/g)].map(({ index, 0: end }) => index + end.length),
  ];
}

function edited(
  text: string,
  edits: readonly { readonly at: number; readonly from: string; readonly to: string }[],
): string {
  let result = text;
  for (const { at, from, to } of [...edits].sort((a, b) => b.at - a.at)) {
    result = result.slice(0, at) + to + result.slice(at + from.length);
  }
  return result;
}
