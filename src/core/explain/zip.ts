import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { decodeText } from '../model/bytes.js';
import type { Ranges } from '../system/ranges.js';
import { ObstacleError } from './budget.js';
import type { Budget } from './budget.js';
import type { Fact, Item, Walk } from './archive.js';
import { bounded, inflated } from './source.js';
import { entryFacts, methodName } from './zipFields.js';
import type { Extent } from './zipLayout.js';
import { layoutFacts } from './zipLayout.js';

const STORED = 0;
const DEFLATE = 8;
const CHUNK = 64 << 10;

/** Reads a zip archive in the order of its directory. @throws {ObstacleError} `damaged`. */
export async function* walkZip(open: () => Promise<Ranges>, budget: Budget): Walk {
  const ranges = await open();
  try {
    const zip = await opened(ranges);
    const start = zip.readEntryCursor;
    const extents: Extent[] = [];
    for await (const entry of entriesOf(zip)) yield await itemOf(zip, entry, { extents, budget });
    const end = zip.readEntryCursor;
    return await layoutFacts(ranges, { extents, start, end, comment: zip.comment });
  } finally {
    await ranges.close();
  }
}

/** Its types call it a flag; it is where the next entry of the directory stands. */
type Opened = Omit<ZipFile, 'readEntryCursor'> & { readonly readEntryCursor: number };

/** Names stay bytes: as text, `yauzl` would refuse those that lead out of a directory. */
async function opened(ranges: Ranges): Promise<Opened> {
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false };
  const zip = await guarded(
    fromRandomAccessReaderPromise(new RangesReader(ranges), ranges.size, options),
  );
  return zip as unknown as Opened;
}

async function* entriesOf(zip: Opened): AsyncGenerator<Entry> {
  const entries = zip.eachEntry();
  for (;;) {
    const next = await guarded(entries.next());
    if (next.done === true) return;
    yield next.value;
  }
}

/** `yauzl` has no codes; whatever it says is about the bytes. */
async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // Of the file underneath: a disk that fails, a cancellation.
    if (!(error instanceof Error) || 'code' in error || error.name === 'AbortError') throw error;
    throw new ObstacleError('damaged', { detail: error.message, cause: error });
  }
}

interface Walking {
  readonly extents: Extent[];
  readonly budget: Budget;
}

async function itemOf(zip: Opened, entry: Entry, { extents, budget }: Walking): Promise<Item> {
  const local = await guarded(zip.readLocalFileHeaderPromise(entry));
  const packed = new Packed();
  const end = local.fileDataStart + entry.compressedSize;
  extents.push({
    start: entry.relativeOffsetOfLocalHeader,
    end,
    hasDescriptor: (entry.generalPurposeBitFlag & 8) !== 0,
  });
  const content = async function* (): AsyncGenerator<Buffer> {
    const options = { decodeFileData: false };
    const raw = await guarded(zip.openReadStreamPromise(entry, options));
    yield* contentOf(packed.through(raw), entry, budget);
  };
  return {
    name: decodeText(entry.fileNameRaw),
    content: content(),
    ...opacity(entry),
    facts: () => [...entryFacts(entry, local), packed.fact()],
  };
}

function opacity(entry: Entry): Pick<Item, 'opaque'> {
  if (entry.isEncrypted()) return { opaque: { reason: 'encrypted' } };
  if ([STORED, DEFLATE].includes(entry.compressionMethod)) return {};
  return { opaque: { reason: 'compression', detail: methodName(entry.compressionMethod) } };
}

async function* contentOf(
  raw: AsyncIterable<Buffer>,
  entry: Entry,
  budget: Budget,
): AsyncGenerator<Buffer> {
  const deflated = entry.compressionMethod === DEFLATE && !entry.isEncrypted();
  if (!deflated) {
    for await (const chunk of raw) {
      budget.read(chunk.length);
      yield chunk;
    }
    return;
  }
  let size = 0;
  for await (const chunk of bounded(inflated(raw, createInflateRaw()), budget)) {
    size += chunk.length;
    yield chunk;
  }
  if (size !== entry.uncompressedSize) {
    throw new ObstacleError('damaged', { detail: 'a member of another size than its header says' });
  }
}

/** The packed bytes of one member, hashed on their way. */
class Packed {
  readonly #hash = createHash('sha256');

  async *through(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of raw) {
      this.#hash.update(chunk);
      yield chunk;
    }
  }

  /** Once; the same content in other packed bytes is a difference of the compressor. */
  fact(): Fact {
    return {
      ...{ class: 'compression', field: 'compressed-bytes' },
      value: this.#hash.digest('base64url'),
      ...{ hidden: true, whenSame: true, echo: true },
    };
  }
}

/** What `yauzl` reads from. */
class RangesReader extends RandomAccessReader {
  readonly #ranges: Ranges;

  constructor(ranges: Ranges) {
    super();
    this.#ranges = ranges;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(pieces(this.#ranges, start, end), { objectMode: false });
  }

  // eslint-disable-next-line max-params -- the library's own signature
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.#ranges.read(position, length).then(
      (bytes) => callback(null, bytes.copy(buffer, offset)),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    );
  }
}

/** Bytes from `start` up to `end`, in order. */
export async function* pieces(ranges: Ranges, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; at += CHUNK) {
    const bytes = await ranges.read(at, Math.min(CHUNK, end - at));
    if (bytes.length === 0) return;
    yield bytes;
  }
}
