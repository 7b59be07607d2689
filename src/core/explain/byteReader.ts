import { ObstacleError } from './budget.js';

const EMPTY = Buffer.alloc(0);

/** Reads a stream of pieces in the sizes that a format has. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = EMPTY;
  #offset = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes that were given out so far. */
  get offset(): number {
    return this.#offset;
  }

  /** So many bytes; fewer only at the end. */
  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      const piece = await this.#piece(missing);
      if (piece.length === 0) break;
      parts.push(piece);
      missing -= piece.length;
    }
    return parts.length === 1 ? (parts[0] ?? EMPTY) : Buffer.concat(parts);
  }

  /** The byte that is so far ahead, as a character; `undefined` behind the end. */
  async peek(ahead: number): Promise<string | undefined> {
    const bytes = await this.take(ahead + 1);
    this.#offset -= bytes.length;
    this.#rest = Buffer.concat([bytes, this.#rest]);
    const byte = bytes[ahead];
    return byte === undefined ? undefined : String.fromCharCode(byte);
  }

  /** So many bytes. @throws {ObstacleError} `damaged` when there are fewer. */
  async need(count: number): Promise<Buffer> {
    const bytes = await this.take(count);
    if (bytes.length < count) throw truncated(this.#offset);
    return bytes;
  }

  /** So many bytes as they come. @throws {ObstacleError} `damaged` when there are fewer. */
  async *stretch(count: number): AsyncGenerator<Buffer> {
    let missing = count;
    while (missing > 0) {
      const piece = await this.#piece(missing);
      if (piece.length === 0) throw truncated(this.#offset);
      missing -= piece.length;
      yield piece;
    }
  }

  /** Reads on to a place ahead. @throws {ObstacleError} `damaged` when the end comes first. */
  async skipTo(offset: number): Promise<void> {
    while (this.#offset < offset) {
      if ((await this.#piece(offset - this.#offset)).length === 0) throw truncated(this.#offset);
    }
  }

  /** Everything that is left, as it comes. */
  async *remainder(): AsyncGenerator<Buffer> {
    for (;;) {
      const piece = await this.#piece(Infinity);
      if (piece.length === 0) return;
      yield piece;
    }
  }

  /** Lets go of the stream. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #piece(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return EMPTY;
      this.#rest = next.value;
    }
    const piece = this.#rest.subarray(0, Math.min(most, this.#rest.length));
    this.#rest = this.#rest.subarray(piece.length);
    this.#offset += piece.length;
    return piece;
  }
}

const truncated = (offset: number): ObstacleError =>
  new ObstacleError('damaged', { detail: `ends early, after ${offset} bytes` });
