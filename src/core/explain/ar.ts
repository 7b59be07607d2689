import { decodeText } from '../model/bytes.js';
import { ObstacleError } from './budget.js';
import type { Fact, Walk } from './archive.js';
import { ByteReader } from './byteReader.js';
import { isoSeconds } from './times.js';

const MAGIC = '!<arch>\n';
const HEADER = 60;
/** GNU's table of long names is kept in memory. */
const MOST_NAMES = 4 << 20;
const GNU_NAMES = '//';

/** Reads an `ar` archive: a Debian package or a static library, System V (GNU) or BSD names. */
export async function* walkAr(chunks: AsyncIterable<Buffer>): Walk {
  const reader = new ByteReader(chunks);
  let names: Buffer = Buffer.alloc(0);
  try {
    await reader.need(MAGIC.length);
    for (;;) {
      const bytes = await reader.take(HEADER);
      if (bytes.length === 0) return [];
      const header = parseArHeader(bytes, reader);
      const end = reader.offset + header.size + (header.size % 2);
      if (header.name === GNU_NAMES) {
        if (header.size > MOST_NAMES) throw new ObstacleError('too-large');
        names = await reader.need(header.size);
      } else {
        const { name, taken } = await memberName(header, names, reader);
        yield { name, content: reader.stretch(header.size - taken), facts: () => header.facts };
      }
      await skipPadded(reader, end);
    }
  } finally {
    await reader.close();
  }
}

/** Some writers leave out the last byte, which only makes the size even. */
async function skipPadded(reader: ByteReader, end: number): Promise<void> {
  await reader.skipTo(end - 1);
  await reader.take(end - reader.offset);
}

interface ArHeader {
  readonly name: string;
  readonly size: number;
  readonly facts: readonly Fact[];
}

function parseArHeader(bytes: Buffer, { offset }: ByteReader): ArHeader {
  const text = bytes.toString('latin1');
  if (bytes.length < HEADER) {
    throw new ObstacleError('damaged', { detail: `ends early, after ${offset} bytes` });
  }
  const size = /^\d+ *$/.test(text.slice(48, 58)) ? Number(text.slice(48, 58)) : NaN;
  if (!text.endsWith('`\n') || Number.isNaN(size)) {
    throw new ObstacleError('damaged', {
      detail: `no header where one belongs, at byte ${offset - HEADER}`,
    });
  }
  const cut = (from: number, to: number): string => text.slice(from, to).trimEnd();
  return {
    name: decodeText(Buffer.from(cut(0, 16), 'latin1')),
    size,
    facts: [
      { class: 'mtime', field: 'mtime', value: isoSeconds(cut(16, 28)) },
      { class: 'owner', field: 'uid', value: cut(28, 34) },
      { class: 'owner', field: 'gid', value: cut(34, 40) },
      { class: 'mode', field: 'mode', value: cut(40, 48) },
    ],
  };
}

/** `name/`, `/123` in GNU's table, or `#1/20` with the name before the content. */
async function memberName(
  { name, size }: ArHeader,
  names: Buffer,
  reader: ByteReader,
): Promise<{ name: string; taken: number }> {
  const bsd = /^#1\/(\d{1,7})$/.exec(name)?.[1];
  if (bsd !== undefined) {
    const taken = Number(bsd);
    if (taken > size || taken > MOST_NAMES) {
      throw new ObstacleError('damaged', { detail: 'a name that is longer than its member' });
    }
    const bytes = await reader.need(taken);
    return { name: decodeText(bytes).replace(/\0+$/, ''), taken };
  }
  const gnu = /^\/(\d{1,9})$/.exec(name)?.[1];
  if (gnu === undefined)
    return { name: name.length > 1 ? name.replace(/\/$/, '') : name, taken: 0 };
  const from = Number(gnu);
  const end = names.indexOf('\n', from);
  const long = decodeText(names.subarray(from, end < 0 ? names.length : end));
  return { name: long.replace(/\/$/, ''), taken: 0 };
}
