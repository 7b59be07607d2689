import { createHash } from 'node:crypto';
import { ByteReader } from '../byteReader.js';
import { headerFact, Values } from './values.js';
import type { Look } from './values.js';
import { Xxh64 } from './xxh64.js';
import { damaged } from './zstdBits.js';
import { nextBlock, nextFrame } from './zstdFrames.js';
import type { Block, Frame } from './zstdFrames.js';
import type { HuffmanTable } from './zstdHuffman.js';
import { readLiterals } from './zstdLiterals.js';
import { readSequences } from './zstdSequences.js';
import type { Tables } from './zstdSequences.js';
import { Window } from './zstdWindow.js';

/** What blocks of a frame hand on. */
interface State {
  readonly window: Window;
  huffman: HuffmanTable | undefined;
  tables: Tables;
}

/**
 * Decompresses Zstandard frames, one after the other; skippable ones are passed over. Sizes and
 * checksums are verified. A block costs no more time than what it unfolds to, however it is made.
 *
 * @throws {ObstacleError} `damaged`; `too-large` for a window above `ZSTD_WINDOW`; `compression` for
 *   a dictionary that is kept elsewhere.
 */
export async function* unzstd(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const reader = new ByteReader(packed);
  try {
    for (;;) {
      const frame = await nextFrame(reader);
      if (frame === undefined) return;
      if (frame !== 'skipped') yield* contentOf(frame, reader);
    }
  } finally {
    await reader.close();
  }
}

async function* contentOf(frame: Frame, reader: ByteReader): AsyncGenerator<Buffer> {
  const state: State = { window: new Window(frame.window), huffman: undefined, tables: {} };
  const checksum = new Xxh64();
  for (;;) {
    const block = await nextBlock(reader, frame);
    const bytes = decoded(block, state);
    checksum.update(bytes);
    if (bytes.length > 0) yield bytes;
    if (block.last) break;
  }
  if (frame.contentSize !== undefined && frame.contentSize !== BigInt(state.window.total)) {
    throw damaged('a content of another size than it says');
  }
  if (!frame.checksum) return;
  const expected = (await reader.need(4)).readUInt32LE(0);
  if (BigInt.asUintN(32, checksum.digest()) !== BigInt(expected)) {
    throw damaged('a checksum that does not agree');
  }
}

function decoded(block: Block, state: State): Buffer {
  const { window } = state;
  window.begin();
  if (block.type === 'raw') window.append(block.bytes);
  else if (block.type === 'repeated') window.repeat(block.bytes.readUInt8(0), block.times);
  else {
    const literals = readLiterals(block.bytes, state.huffman);
    state.huffman = literals.huffman;
    const section = block.bytes.subarray(literals.length);
    const { sequences, tables } = readSequences(section, state.tables);
    state.tables = tables;
    window.play(sequences, literals.bytes);
  }
  return window.finish();
}

/** What Zstandard frames say of themselves, without decompressing them. @throws {ObstacleError} */
export async function zstdLook(chunks: AsyncIterable<Buffer>): Promise<Look> {
  const reader = new ByteReader(chunks);
  const hash = createHash('sha256');
  const [size, window, checksum] = [new Values(), new Values(), new Values()];
  let [frames, skipped] = [0, 0];
  try {
    for (;;) {
      const frame = await nextFrame(reader);
      if (frame === undefined) break;
      if (frame === 'skipped') {
        skipped += 1;
        continue;
      }
      frames += 1;
      if (frame.contentSize !== undefined) size.add(String(frame.contentSize));
      if (!frame.single) window.add(String(frame.window));
      if (frame.checksum) checksum.add('XXH64');
      await skipBlocks(frame, reader, (block) =>
        hash.update(`${block.type} ${timesOf(block)} `).update(block.bytes),
      );
    }
  } finally {
    await reader.close();
  }
  const whenSame = { whenSame: true } as const;
  const facts = [
    ...size.facts('zstd-content-size', whenSame),
    ...checksum.facts('zstd-checksum'),
    ...window.facts('zstd-window', whenSame),
    headerFact('zstd-frames', String(frames), whenSame),
    headerFact('zstd-skippable-frames', String(skipped), whenSame),
  ];
  return { facts, body: hash.digest('hex') };
}

async function skipBlocks(
  frame: Frame,
  reader: ByteReader,
  see: (block: Block) => void,
): Promise<void> {
  for (;;) {
    const block = await nextBlock(reader, frame);
    see(block);
    if (block.last) break;
  }
  if (frame.checksum) await reader.need(4);
}

const timesOf = (block: Block): number =>
  block.type === 'repeated' ? block.times : block.bytes.length;
