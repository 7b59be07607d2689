import path from 'node:path';
import { formatSyncStatus, MOST_SYNC_STATUS, SYNC_STATUS } from '../formats/vaibify/syncStatus.js';
import type { MirrorCheck } from '../model/envelope.js';
import { absolutePath, readBytes, writeAtomic } from '../system/files.js';
import { makeDirectory } from '../system/temporary.js';

/**
 * Records looks at published copies in `.vaibify/syncStatus.json`, in one step; what other services
 * and other programs wrote there stays.
 * @throws {FileError} when the file is no regular file below the root or too large; then it is as it was.
 */
export async function writeSyncStatus(root: string, checks: readonly MirrorCheck[]): Promise<void> {
  const absolute = absolutePath(root, SYNC_STATUS);
  const old = await readBytes(absolute, { limit: MOST_SYNC_STATUS });
  const text = old === undefined ? undefined : Buffer.from(old).toString('utf8');
  await makeDirectory(path.dirname(absolute));
  await writeAtomic(absolute, Buffer.from(formatSyncStatus(text, checks)), { within: root });
}
