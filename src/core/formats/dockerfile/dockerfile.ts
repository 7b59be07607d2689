import type { Sha256 } from '../../model/digest.js';
import type { Dockerfile } from '../../model/envelope.js';
import type { RepoPath } from '../../model/paths.js';
import { tooLarge, withoutMark } from '../container/findings.js';
import { DockerfileReader } from './reader.js';

/** The largest Dockerfile that is read, in UTF-16 units. */
export const MOST_DOCKERFILE = 256 << 10;

/**
 * Reads a Dockerfile: what it builds on, and what in it makes builds differ. Never throws.
 *
 * `clean` is vaibify's criterion for level 3 (docs/container-files.md, section 2): every base image
 * pinned, every apt package pinned or allowed, `SOURCE_DATE_EPOCH` set. The other findings do not
 * count for it, whatever their severity.
 *
 * @param digest Of the file's bytes.
 */
export function parseDockerfile(text: string, file: RepoPath, digest: Sha256): Dockerfile {
  if (text.length > MOST_DOCKERFILE) {
    const findings = tooLarge(file, MOST_DOCKERFILE);
    return { file, digest, bases: [], clean: false, findings };
  }
  const { bases, clean, findings } = new DockerfileReader(withoutMark(text), file).read();
  return { file, digest, bases, clean, findings };
}
