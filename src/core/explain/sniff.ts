import type { ArtifactFormat } from '../model/difference.js';
import { checksumHolds, TAR_BLOCK } from './tarHeader.js';

/** Bytes from the start that {@link formatOf} wants to see. */
export const HEAD = TAR_BLOCK;

const MAGIC: readonly (readonly [ArtifactFormat, string])[] = [
  ['gzip', '\x1f\x8b\x08'],
  ['zip', 'PK\x03\x04'],
  ['zip', 'PK\x05\x06'],
  ['ar', '!<arch>\n'],
  ['zstd', '\x28\xb5\x2f\xfd'],
  ['xz', '\xfd7zXZ\0'],
  ['bzip2', 'BZh'],
];
/** `python -m zipapp` and pex put a line for the shell in front. */
const ZIPAPP = /^#![^\n]*\nPK\x03\x04/;

/** What bytes are, by the first {@link HEAD} of them; names are not asked. */
export function formatOf(head: Buffer): ArtifactFormat {
  if (head.length === 0) return 'empty';
  const text = head.toString('latin1');
  const known = MAGIC.find(([, magic]) => text.startsWith(magic));
  if (known !== undefined) return known[0];
  if (ZIPAPP.test(text)) return 'zip';
  return head.length >= TAR_BLOCK && checksumHolds(head) ? 'tar' : 'file';
}

/** Formats with members, or with another content inside. */
export const isContainer = (format: ArtifactFormat): boolean =>
  format !== 'file' && format !== 'empty';
