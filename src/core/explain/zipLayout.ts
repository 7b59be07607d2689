import { createHash } from 'node:crypto';
import { decodeText } from '../model/bytes.js';
import type { Ranges } from '../system/ranges.js';
import type { Fact } from './archive.js';

/** Where a member stands in a zip archive, header and content. */
export interface Extent {
  readonly start: number;
  readonly end: number;
  /** Sizes and checksum follow behind the content. */
  readonly hasDescriptor: boolean;
}

interface Layout {
  readonly extents: readonly Extent[];
  /** Of the directory at the end. */
  readonly start: number;
  readonly end: number;
  readonly comment: string | Buffer;
}

const DESCRIPTORS = [12, 16, 20, 24];
const CHUNK = 64 << 10;

/** What no member accounts for: a line for the shell in front, a signature before the directory. */
export async function layoutFacts(ranges: Ranges, layout: Layout): Promise<Fact[]> {
  const { extents, start, end, comment } = layout;
  const sorted = extents.toSorted((a, b) => a.start - b.start);
  const inOrder = sorted.every((extent, index) => extent === extents[index]);
  const text = typeof comment === 'string' ? comment : decodeText(comment);
  const length = typeof comment === 'string' ? comment.length : comment.byteLength;
  return [
    { class: 'archive-metadata', field: 'zip-comment', value: text },
    { class: 'order', field: 'zip-layout', value: inOrder ? 'as listed' : 'otherwise' },
    {
      ...{ class: 'archive-metadata', field: 'trailer' },
      value: String(ranges.size - end - length),
    },
    {
      ...{ class: 'archive-metadata', field: 'header-bytes', hidden: true },
      value: await gapDigest(ranges, sorted, start),
    },
  ];
}

async function gapDigest(
  ranges: Ranges,
  sorted: readonly Extent[],
  directory: number,
): Promise<string> {
  const hash = createHash('sha256');
  let at = 0;
  let descriptor = false;
  for (const next of [...sorted, { start: directory, end: directory, hasDescriptor: false }]) {
    const length = next.start - at;
    const expected = descriptor && DESCRIPTORS.includes(length);
    if (length > 0 && !expected) {
      hash.update(`${length}\n`);
      for (let from = at; from < next.start; from += CHUNK) {
        hash.update(await ranges.read(from, Math.min(CHUNK, next.start - from)));
      }
    }
    at = Math.max(at, next.end);
    descriptor = next.hasDescriptor;
  }
  return hash.digest('base64url');
}
