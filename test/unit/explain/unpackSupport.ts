/** Compresses with the real tools and decompresses with ours. */
import { spawnSync } from 'node:child_process';
import { ObstacleError } from '../../../src/core/explain/budget.js';
import { bunzip2 } from '../../../src/core/explain/unpack/bzip2.js';
import { unxz } from '../../../src/core/explain/unpack/xz.js';
import { unzstd } from '../../../src/core/explain/unpack/zstd.js';

export const UNPACK = { xz: unxz, zstd: unzstd, bzip2: bunzip2 } as const;
export type Tool = keyof typeof UNPACK;
export const TOOLS = Object.keys(UNPACK) as Tool[];

/** What a tool makes of bytes, and whether it was content with them. */
export function run(tool: string, args: readonly string[], input: Uint8Array) {
  const { status, stdout } = spawnSync(tool, args, { input, maxBuffer: 1 << 30 });
  return { ok: status === 0, bytes: stdout };
}

export function pack(tool: string, args: readonly string[], input: Uint8Array): Buffer {
  const { ok, bytes } = run(tool, [...args, '-c'], input);
  if (!ok) throw new Error(`${tool} ${args.join(' ')} failed`);
  return bytes;
}

// eslint-disable-next-line @typescript-eslint/require-await -- the same shape as bytes from a disk
async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const oneChunk = (bytes: Buffer): AsyncIterable<Buffer> => pieces(bytes, bytes.length);

/** What ours makes of bytes that come in pieces of a size. */
export async function unpack(tool: Tool, bytes: Buffer, size = 65_536): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of UNPACK[tool](pieces(bytes, size))) parts.push(part);
  return Buffer.concat(parts);
}

/** The content, or the reason why there is none. */
export async function unpackOrReason(tool: Tool, bytes: Buffer): Promise<Buffer | string> {
  try {
    return await unpack(tool, bytes);
  } catch (error) {
    if (error instanceof ObstacleError) return error.reason;
    throw error;
  }
}
