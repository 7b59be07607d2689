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
];
/** Three letters alone would be found in a text: the block size and the first block, or the end, follow. */
const BZIP2 = /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/;
/** `python -m zipapp` and pex put a line for the shell in front. */
const ZIPAPP = /^#![^\n]*\nPK\x03\x04/;

/** What bytes are, by the first {@link HEAD} of them; names are not asked. */
export function formatOf(head: Buffer): ArtifactFormat {
  if (head.length === 0) return 'empty';
  const text = head.toString('latin1');
  const known = MAGIC.find(([, magic]) => text.startsWith(magic));
  if (known !== undefined) return known[0];
  if (BZIP2.test(text)) return 'bzip2';
  if (isSkippable(head)) return 'zstd';
  if (ZIPAPP.test(text)) return 'zip';
  return head.length >= TAR_BLOCK && checksumHolds(head) ? 'tar' : 'file';
}

/** Zstandard may begin with frames that hold no content (RFC 8878, section 3.1.2), as pzstd writes them. */
function isSkippable(head: Buffer): boolean {
  let at = 0;
  while (at + 8 <= head.length && (head.readUInt32LE(at) & 0xfffffff0) === 0x184d2a50) {
    at += 8 + head.readUInt32LE(at + 4);
  }
  return at > 0 && at + 4 <= head.length && head.readUInt32LE(at) === 0xfd2fb528;
}

/** Formats with members, or with another content inside. */
export const isContainer = (format: ArtifactFormat): boolean =>
  format !== 'file' && format !== 'empty';
