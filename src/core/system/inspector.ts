import type { Stats } from 'node:fs';
import {
  type Block,
  DIGEST_BYTES,
  type Extra,
  type Opening,
  type Signals,
  STAT,
  STAT_WIDTH,
} from './block.js';
import { now } from './clock.js';
import { CHUNK, type FileDigester } from './fileDigest.js';
import { errorCode } from './native.js';
import { writeStat } from './statRows.js';
import { type Located, type Refusal, refusalOf, Walker } from './walker.js';

/**
 * A worker gives a batch back after so many milliseconds, finished or not. The main thread does not
 * know sizes: without this, a batch of a thousand names that turn out to be a gigabyte each would
 * keep one worker busy for an hour while the others have nothing to do.
 */
const PATIENCE_MS = 50;

/** One request inside a worker: what is at each name of a batch. */
export class Inspector {
  readonly #walker: Walker;
  readonly #signals: Signals;
  readonly #digester: FileDigester;
  readonly #maxBytes: number;

  constructor(opening: Opening, signals: Signals, digester: FileDigester) {
    this.#walker = new Walker(opening.root, opening.followLinks);
    this.#signals = signals;
    this.#digester = digester;
    this.#maxBytes = opening.maxBytes;
  }

  /** Writes an answer for each name into the block, in order, until all are done or it is time to stop. */
  inspect(names: readonly string[], block: Block): Extra[] {
    const extras: Extra[] = [];
    const giveBackAt = now() + PATIENCE_MS;
    let index = 0;
    let bytes = 0;
    for (const name of names) {
      const at = now();
      if (this.#signals.stopped || (index > 0 && at > giveBackAt)) break;
      const found = this.#walker.locate(name);
      if (found.answer !== 'file') refuse({ index, block, extras }, found);
      else if (isUnchanged(block, index, found.stat)) block.setAnswer(index, 'unchanged');
      else if (found.stat.size > this.#maxBytes) tooLarge(block, index, found.stat);
      else if (!this.#read({ index, block, extras }, name, found, at)) break;
      else if (found.stat.size < CHUNK) bytes += found.stat.size;
      index++;
    }
    this.#signals.add(index, bytes);
    return extras;
  }

  /** Hashes one file; false when the order to stop came meanwhile. */
  #read(slot: Slot, name: string, { path, stat }: Located, at: number): boolean {
    const { index, block, extras } = slot;
    try {
      const digested = this.#digester.digest(path, stat, this.#signals);
      if (digested === 'stopped') return false;
      if (digested === 'changing') {
        block.setAnswer(index, 'changing');
        return true;
      }
      writeStat(block, index, stat, at);
      block.digests.write(digested.digest, index * DIGEST_BYTES, 'hex');
      block.setAnswer(index, 'read');
      const { pointerText } = digested;
      if (pointerText !== undefined) extras.push({ index, pointerText });
    } catch (error) {
      const raced = errorCode(error) === 'ELOOP';
      refuse(slot, raced ? this.#walker.linked(name, path) : refusalOf(error));
    }
    return true;
  }
}

interface Slot {
  readonly index: number;
  readonly block: Block;
  readonly extras: Extra[];
}

function refuse({ index, block, extras }: Slot, refusal: Refusal): void {
  block.setAnswer(index, refusal.answer);
  if (refusal.answer === 'linked') extras.push({ index, link: refusal.link });
}

function tooLarge(block: Block, index: number, stat: Stats): void {
  writeStat(block, index, stat, 0);
  block.setAnswer(index, 'too-large');
}

/** Whether the block came with a row for this file, and nothing that `stat` shows differs from it. */
function isUnchanged({ stats }: Block, index: number, stat: Stats): boolean {
  const row = index * STAT_WIDTH;
  return (
    stats[row + STAT.at] !== 0 &&
    stats[row + STAT.mtimeMs] === stat.mtimeMs &&
    stats[row + STAT.ctimeMs] === stat.ctimeMs &&
    stats[row + STAT.size] === stat.size &&
    stats[row + STAT.ino] === stat.ino &&
    stats[row + STAT.dev] === stat.dev
  );
}
