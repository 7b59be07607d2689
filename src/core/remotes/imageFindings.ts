import type { RegistryReference } from '../formats/container/imageReference.js';
import type { CapturedImage } from '../model/envelope.js';
import type { Finding, FindingData } from '../model/finding.js';
import type { ImageInspection } from './registry.js';
import type { RegistryProblem } from './registryProblem.js';

/** What refutes an image, as against what keeps us from looking at it. */
const FLAWS: ReadonlySet<ImageInspection['kind']> = new Set([
  'manifest-missing',
  'digest-mismatch',
  'malformed',
  'blob-missing',
  'blob-mismatch',
]);

/** Whether the registry's answer shows that the image does not hold. */
export const isFlaw = (seen: ImageInspection): boolean => FLAWS.has(seen.kind);

/** A registry's problem at the place where the image is recorded. */
export function imageFinding(
  problem: RegistryProblem,
  image: Pick<CapturedImage, 'reference' | 'place'>,
  { registry }: Pick<RegistryReference, 'registry'>,
): Finding {
  const severity = FLAWS.has(problem.kind) ? 'error' : 'warning';
  return { ...dataOf(problem, image.reference, registry), severity, place: image.place };
}

function dataOf(problem: RegistryProblem, reference: string, registry: string): FindingData {
  switch (problem.kind) {
    case 'manifest-missing':
      return { code: 'image-missing', reference };
    case 'digest-mismatch': {
      const { expected, actual } = problem;
      return { code: 'image-manifest-mismatch', expected, actual };
    }
    case 'malformed':
      return { code: 'image-manifest-malformed', problem: problem.problem };
    case 'blob-missing':
      return { code: 'image-blob-missing', digest: problem.digest };
    case 'blob-mismatch': {
      const { expected, actual } = problem;
      const found = actual === undefined ? {} : { actual };
      return { code: 'image-blob-mismatch', expected, ...found };
    }
    case 'unauthorised':
      return { code: 'image-unauthorised', registry };
    case 'unreachable':
    case 'tls':
      return { code: 'image-unreachable', registry, reason: problem.reason };
    case 'cancelled':
      return { code: 'image-unreachable', registry, reason: 'cancelled' };
  }
}
