import { ObstacleError } from '../budget.js';

/** What the decoder allocates at most for one dictionary; compiled into it, and as much as `xz -9` wants. */
export const XZ_DICTIONARY = 64 << 20;

const OK = 0;
const END = 1;
const MEMORY = 3;
const DICTIONARY = 4;
const OPTIONS = 6;
/** Words of a context, behind its address: xz-embedded's buffers, and how large each is. */
const WORD = { size: 0, in: 1, inAt: 2, inEnd: 3, out: 4, outAt: 5 } as const;

/** The decoder itself: xz-embedded, compiled to WebAssembly. */
interface Decoder {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly create_context: () => number;
  readonly destroy_context: (context: number) => void;
  readonly supply_input: (context: number, bytes: number) => void;
  readonly get_next_output: (context: number) => number;
}

/**
 * The package's own stream lets one run at a time and waits for the other: an xz stream inside an xz
 * stream would wait for itself. Its decoder has no such limit, so that is what is taken of it.
 */
interface Package {
  readonly XzReadableStream: {
    readonly _getModuleInstance: () => Promise<void>;
    readonly _moduleInstance: { readonly exports: Decoder };
  };
}

let loading: Promise<Decoder> | undefined;

const decoderOf = (): Promise<Decoder> => (loading ??= load());

/** Only when it is wanted: the package loads web streams, which no other command needs. */
async function load(): Promise<Decoder> {
  // Bundled, its names are there; Node itself gives a package of this kind as `default`.
  const loaded = (await import('xz-decompress')) as unknown as Partial<Package> & {
    readonly default?: Package;
  };
  const held = loaded.XzReadableStream ?? loaded.default?.XzReadableStream;
  if (held === undefined) throw new Error('xz-decompress has no decoder');
  await held._getModuleInstance();
  return held._moduleInstance.exports;
}

/**
 * Decompresses xz streams, one after the other, with padding between them. Checks are verified.
 *
 * @throws {ObstacleError} `damaged`; `compression` for filters and checks that the decoder does not
 *   have; `too-large` for dictionaries above {@link XZ_DICTIONARY}.
 */
export async function* unxz(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = await decoderOf();
  const context = decoder.create_context();
  try {
    for await (const chunk of packed) {
      const { size } = wordsOf(decoder, context);
      for (let at = 0; at < chunk.length; at += size) {
        yield* decoded(decoder, context, chunk.subarray(at, at + size));
      }
    }
    // No input at all is the sign of the end.
    yield* decoded(decoder, context, Buffer.alloc(0));
  } finally {
    if (!trapped.has(decoder)) decoder.destroy_context(context);
  }
}

function* decoded(decoder: Decoder, context: number, input: Buffer): Generator<Buffer> {
  const place = wordsOf(decoder, context).in;
  new Uint8Array(decoder.memory.buffer, place, input.length).set(input);
  decoder.supply_input(context, input.length);
  for (;;) {
    const code = nextOutput(decoder, context);
    const { out, outAt, inAt, inEnd } = wordsOf(decoder, context);
    if (outAt > 0) {
      // A copy: the next output takes its place.
      yield Buffer.from(Buffer.from(decoder.memory.buffer, out, outAt));
      setWord(decoder, context + WORD.outAt * 4, 0);
    }
    if (code === END) return;
    if (code !== OK) throw obstacleOf(code);
    if (input.length > 0 && inAt === inEnd && outAt === 0) return;
  }
}

/** Decoders whose memory is in an unknown state. */
const trapped = new WeakSet<Decoder>();

function nextOutput(decoder: Decoder, context: number): number {
  try {
    return decoder.get_next_output(context);
  } catch (error) {
    trapped.add(decoder);
    loading = undefined;
    throw new ObstacleError('damaged', { detail: 'the decoder gave up', cause: error });
  }
}

/** The memory moves as it grows, so views of it are never kept. */
function wordsOf({ memory }: Decoder, context: number) {
  const view = new DataView(memory.buffer);
  const word = (index: number): number => view.getUint32(context + index * 4, true);
  return {
    size: word(WORD.size),
    in: word(WORD.in),
    inAt: word(WORD.inAt),
    inEnd: word(WORD.inEnd),
    out: word(WORD.out),
    outAt: word(WORD.outAt),
  };
}

const setWord = ({ memory }: Decoder, address: number, value: number): void => {
  new DataView(memory.buffer).setUint32(address, value, true);
};

/** Numbers of xz-embedded's `enum xz_ret`. */
function obstacleOf(code: number): ObstacleError {
  if (code === MEMORY || code === DICTIONARY) return new ObstacleError('too-large');
  if (code === OPTIONS) {
    return new ObstacleError('compression', { detail: 'xz with an unusual filter or check' });
  }
  return new ObstacleError('damaged', { detail: `no valid xz data, code ${code}` });
}
