import { parseImageReference, pinnedName } from '../formats/container/imageReference.js';
import type { RepoPath } from '../model/paths.js';
import { absolutePath, writeAtomic } from '../system/files.js';
import { existsInside } from '../system/inside.js';

/** The only name under which vaibify looks for it. */
export const DOCKERFILE = 'Dockerfile' as RepoPath;

/** What a Dockerfile is begun from. */
export interface DockerfileFacts {
  /** `python:3.12-slim@sha256:...`: a digest is required. */
  readonly image: string;
  /** `SOURCE_DATE_EPOCH`, in seconds since 1970. */
  readonly epoch: number;
  /** Whether there is a `requirements.lock` to install. */
  readonly lock: boolean;
}

/**
 * The text of a small Dockerfile that builds on an image pinned by digest.
 * @returns `undefined` when the image is no reference with a digest.
 */
export function dockerfileText({ image, epoch, lock }: DockerfileFacts): string | undefined {
  const reference = parseImageReference(image.trim());
  if (reference?.kind !== 'registry' || reference.digest === undefined) return undefined;
  const tag = reference.tag === undefined ? [] : [`# ${reference.name}:${reference.tag}`];
  return [
    ...tag,
    `FROM ${pinnedName(reference, reference.digest)}`,
    '',
    '# Programs that know of it write this time instead of the present one.',
    `ENV SOURCE_DATE_EPOCH=${Math.max(0, Math.trunc(epoch))}`,
    '',
    'WORKDIR /workspace',
    ...(lock ? LOCK : []),
    '',
  ].join('\n');
}

const LOCK = [
  '',
  'COPY requirements.lock .',
  'RUN python3 -m pip install --no-cache-dir --require-hashes -r requirements.lock',
];

/**
 * Writes a Dockerfile where there is none.
 * @throws DockerfileExistsError when there is one: it is somebody's work. {@link FileError} for links.
 */
export async function writeDockerfile(root: string, text: string): Promise<void> {
  if (existsInside(root, DOCKERFILE)) throw new DockerfileExistsError();
  await writeAtomic(absolutePath(root, DOCKERFILE), Buffer.from(text), { within: root });
}

/** There is a Dockerfile already. */
export class DockerfileExistsError extends Error {
  readonly code = 'dockerfile-exists';

  constructor() {
    super(`there is a ${DOCKERFILE} already`);
    this.name = 'DockerfileExistsError';
  }
}
