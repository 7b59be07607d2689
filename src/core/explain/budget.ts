import type { ObstacleReason } from '../model/difference.js';

/** What a comparison may cost at most; archives are hostile until shown otherwise. */
export interface Limits {
  /** Bytes that one compressed stream may unfold to. */
  readonly streamBytes: number;
  /** Bytes that are read in all, the passes over both sides together. */
  readonly totalBytes: number;
  /** Members of archives in all. */
  readonly members: number;
  /** Bytes that names and headers of members may take up, roughly. */
  readonly rememberedBytes: number;
  /** Archives and compressed streams in one another. */
  readonly depth: number;
  /** Bytes of an archive inside another one, which is held in memory. */
  readonly nestedBytes: number;
  /** Bytes held in memory at a time. */
  readonly heldBytes: number;
  /** Bytes of a content that are compared in detail, from the first difference on. */
  readonly windowBytes: number;
}

export const LIMITS: Limits = {
  streamBytes: 4 * 2 ** 30,
  totalBytes: 32 * 2 ** 30,
  members: 200_000,
  rememberedBytes: 256 << 20,
  depth: 8,
  nestedBytes: 64 << 20,
  heldBytes: 256 << 20,
  windowBytes: 1 << 20,
};

/** A part of an artifact cannot be looked into; the comparison goes on with the rest. */
export class ObstacleError extends Error {
  override readonly name = 'ObstacleError';
  readonly reason: ObstacleReason;
  readonly detail: string | undefined;
  readonly side: 'left' | 'right' | undefined;

  constructor(
    reason: ObstacleReason,
    { detail, side, cause }: { detail?: string; side?: 'left' | 'right'; cause?: unknown } = {},
  ) {
    super(detail ?? reason, { cause });
    this.reason = reason;
    this.detail = detail;
    this.side = side;
  }
}

/** What is left of the limits during one comparison. */
export class Budget {
  readonly limits: Limits;
  readonly #signal: AbortSignal | undefined;
  #bytes: number;
  #members: number;
  #remembered: number;
  #held = 0;

  constructor(limits: Limits, signal?: AbortSignal) {
    this.limits = limits;
    this.#signal = signal;
    this.#bytes = limits.totalBytes;
    this.#members = limits.members;
    this.#remembered = limits.rememberedBytes;
  }

  /** @throws {ObstacleError} `too-large`; the reason of a cancellation. */
  read(bytes: number): void {
    this.#signal?.throwIfAborted();
    this.#bytes -= bytes;
    if (this.#bytes < 0) throw new ObstacleError('too-large');
  }

  /**
   * One more member, and what is kept of it: a megabyte of header packs into a few bytes.
   * @throws {ObstacleError} `too-many-members`.
   */
  member(bytes: number): void {
    this.#members -= 1;
    this.#remembered -= bytes;
    if (this.#members < 0 || this.#remembered < 0) throw new ObstacleError('too-many-members');
  }

  /** Counts memory while work goes on with it. @throws {ObstacleError} `too-large`. */
  async holding<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    if (this.#held + bytes > this.limits.heldBytes) throw new ObstacleError('too-large');
    this.#held += bytes;
    try {
      return await work();
    } finally {
      this.#held -= bytes;
    }
  }
}
