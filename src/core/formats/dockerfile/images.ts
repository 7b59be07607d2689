import type { Severity } from '../../model/finding.js';
import type { ConfigFinding } from '../../model/findings/config.js';
import { parseSha256 } from '../../model/digest.js';
import type { Sha256 } from '../../model/digest.js';

/** An image reference, and whether its content is fixed. */
export interface ImagePin {
  readonly digest?: Sha256;
  /** What keeps it from being fixed. */
  readonly problem?: ConfigFinding & {
    readonly code: 'image-not-pinned' | 'image-digest-malformed';
  };
}

/** Lower case only: docker and podman refuse any other (distribution/reference). */
const DIGEST = /@sha256:([0-9a-f]{64})$/;

/** Reads the pin of a reference such as `ubuntu:24.04@sha256:...`. */
export function imagePin(reference: string): ImagePin {
  const digest = parseSha256(DIGEST.exec(reference)?.[1] ?? '');
  if (digest !== undefined) return { digest };
  const code = reference.includes('@') ? 'image-digest-malformed' : 'image-not-pinned';
  return { problem: { code, reference } };
}

/** How bad it is that an image is not fixed: a base is what everything else stands on. */
export const severityOfImage = (role: 'base' | 'copied' | 'frontend'): Severity =>
  role === 'base' ? 'error' : role === 'copied' ? 'warning' : 'info';

/** Arguments that the builder sets for `FROM` by itself; what they hold matters to no rule here. */
export const PLATFORM_ARGUMENTS: ReadonlyMap<string, string> = new Map(
  ['BUILD', 'TARGET'].flatMap((side) => [
    [`${side}PLATFORM`, 'linux/amd64'],
    [`${side}OS`, 'linux'],
    [`${side}OSVERSION`, ''],
    [`${side}ARCH`, 'amd64'],
    [`${side}VARIANT`, ''],
  ]),
);
