/** XXH64 with the seed 0, the checksum of Zstandard frames; in halves of 32 bits, for speed. */
const PRIME = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;
const STRIPE = 32;

const high = (value: bigint): number => Number(value >> 32n) | 0;
const low = (value: bigint): number => Number(value & 0xffffffffn) | 0;
const P1 = { high: high(PRIME[0]), low: low(PRIME[0]) };
const P2 = { high: high(PRIME[1]), low: low(PRIME[1]) };

/** Takes bytes as they come. */
export class Xxh64 {
  /** Four lanes, the lower half of each first. */
  readonly #lanes = new Int32Array(8);
  readonly #held = Buffer.alloc(STRIPE);
  #holds = 0;
  #total = 0;

  constructor() {
    const starts = [PRIME[0] + PRIME[1], PRIME[1], 0n, -PRIME[0]];
    starts.forEach((start, lane) => {
      const value = BigInt.asUintN(64, start);
      this.#lanes.set([low(value), high(value)], 2 * lane);
    });
  }

  update(bytes: Buffer): void {
    this.#total += bytes.length;
    let at = 0;
    if (this.#holds > 0) {
      at = bytes.copy(this.#held, this.#holds, 0, STRIPE - this.#holds);
      this.#holds += at;
      if (this.#holds < STRIPE) return;
      this.#stripe(this.#held, 0);
    }
    for (; at + STRIPE <= bytes.length; at += STRIPE) this.#stripe(bytes, at);
    this.#holds = bytes.copy(this.#held, 0, at);
  }

  digest(): bigint {
    let hash = this.#total < STRIPE ? PRIME[4] : this.#merged();
    hash = wrap(hash + BigInt(this.#total));
    let at = 0;
    for (; at + 8 <= this.#holds; at += 8) {
      hash ^= round(0n, this.#held.readBigUInt64LE(at));
      hash = wrap(rotated(hash, 27n) * PRIME[0] + PRIME[3]);
    }
    if (at + 4 <= this.#holds) {
      hash ^= wrap(BigInt(this.#held.readUInt32LE(at)) * PRIME[0]);
      hash = wrap(rotated(hash, 23n) * PRIME[1] + PRIME[2]);
      at += 4;
    }
    for (; at < this.#holds; at++) {
      hash ^= wrap(BigInt(this.#held.readUInt8(at)) * PRIME[4]);
      hash = wrap(rotated(hash, 11n) * PRIME[0]);
    }
    hash = wrap((hash ^ (hash >> 33n)) * PRIME[1]);
    hash = wrap((hash ^ (hash >> 29n)) * PRIME[2]);
    return hash ^ (hash >> 32n);
  }

  #merged(): bigint {
    const lanes = new BigUint64Array(this.#lanes.buffer);
    const turns = [1n, 7n, 12n, 18n];
    let hash = 0n;
    lanes.forEach((lane, index) => (hash += rotated(lane, turns[index] ?? 0n)));
    for (const lane of lanes) hash = wrap((wrap(hash) ^ round(0n, lane)) * PRIME[0] + PRIME[3]);
    return hash;
  }

  /** Each lane takes eight bytes: times the second prime, added, turned by 31, times the first. */
  #stripe(bytes: Buffer, at: number): void {
    const lanes = this.#lanes;
    for (let lane = 0; lane < 8; lane += 2) {
      const from = at + 4 * lane;
      const inLow = bytes.readInt32LE(from);
      const inHigh = bytes.readInt32LE(from + 4);
      const addLow = Math.imul(inLow, P2.low);
      const addHigh =
        topHalf(inLow, P2.low) + Math.imul(inLow, P2.high) + Math.imul(inHigh, P2.low);
      const sumLow = (lanes[lane] ?? 0) + addLow;
      const nowLow = sumLow | 0;
      const carry = nowLow >>> 0 < addLow >>> 0 ? 1 : 0;
      const nowHigh = ((lanes[lane + 1] ?? 0) + addHigh + carry) | 0;
      const turnedLow = (nowLow << 31) | (nowHigh >>> 1);
      const turnedHigh = (nowHigh << 31) | (nowLow >>> 1);
      lanes[lane] = Math.imul(turnedLow, P1.low);
      lanes[lane + 1] =
        topHalf(turnedLow, P1.low) + Math.imul(turnedLow, P1.high) + Math.imul(turnedHigh, P1.low);
    }
  }
}

/** The upper 32 bits of a product of two numbers of 32 bits. */
function topHalf(a: number, b: number): number {
  const [aLow, aHigh] = [a & 0xffff, a >>> 16];
  const [bLow, bHigh] = [b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + Math.floor(middle / 65536) + (other >>> 16);
}

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotated = (value: bigint, by: bigint): bigint => wrap(value << by) | (value >> (64n - by));
const round = (lane: bigint, input: bigint): bigint =>
  wrap(rotated(wrap(lane + input * PRIME[1]), 31n) * PRIME[0]);
