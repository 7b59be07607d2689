import type { Sha256 } from '../model/digest.js';
import { type Answer, type AnswerMessage, Block, type Extra } from './block.js';
import type { Observation } from './observation.js';

/** Observations that say no more than the answer does. */
const PLAIN = {
  missing: { kind: 'missing' },
  changing: { kind: 'changing' },
  permission: { kind: 'unreadable', reason: 'permission' },
  directory: { kind: 'unreadable', reason: 'directory' },
  special: { kind: 'unreadable', reason: 'special' },
  io: { kind: 'unreadable', reason: 'io' },
} as const satisfies Partial<Record<Answer, Observation>>;

/** What a worker answered for one batch. */
export class Answers {
  readonly block: Block;
  readonly #extras: ReadonlyMap<number, Extra>;
  #hex: string | undefined;

  constructor(count: number, { buffer, extras }: AnswerMessage) {
    this.block = new Block(count, buffer);
    this.#extras = new Map(extras.map((extra) => [extra.index, extra]));
  }

  at(index: number): Answer {
    return this.block.answer(index);
  }

  /** Whether a pointer to content elsewhere was read: it is small, and its text is not kept. */
  isPointer(index: number): boolean {
    return this.#extras.get(index)?.pointerText !== undefined;
  }

  /** What was found at a name; `known` is what it is where its file is as the sent row says. */
  observation(index: number, known: Observation | undefined): Observation {
    const answer = this.at(index);
    switch (answer) {
      case 'pending':
        return { kind: 'cancelled' };
      case 'unchanged':
        return known ?? { kind: 'cancelled' };
      case 'read':
        return this.#file(index);
      case 'too-large':
        return { kind: 'too-large', size: this.block.stat(index, 'size') };
      case 'linked': {
        const { segment, target } = this.#extras.get(index)?.link ?? { segment: '', target: '' };
        return { kind: 'linked', segment, target };
      }
      default:
        return PLAIN[answer];
    }
  }

  #file(index: number): Observation {
    // One conversion for all; a slice of it costs next to nothing.
    this.#hex ??= this.block.digests.toString('hex');
    const digest = this.#hex.slice(index * 64, index * 64 + 64) as Sha256;
    const size = this.block.stat(index, 'size');
    const at = this.block.stat(index, 'at');
    const pointerText = this.#extras.get(index)?.pointerText;
    return pointerText === undefined
      ? { kind: 'file', digest, size, at, how: 'read' }
      : { kind: 'file', digest, size, at, how: 'read', pointerText };
  }
}
