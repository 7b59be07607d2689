import { parseSha256 } from '../model/digest.js';
import type { Pointer } from '../model/status.js';

/** Git LFS takes no longer text for a pointer; git-annex allows 32 KiB, its keys are never near. */
const MAX_POINTER = 32 << 10;
const MAX_LFS = 1024;

/** The versions that git-lfs reads: the published one and two from before it (`lfs/pointer.go`). */
const LFS_VERSION = new Set([
  'version https://git-lfs.github.com/spec/v1',
  'version https://hawser.github.com/spec/v1',
  'version http://git-media.io/v/2',
]);
const LFS_EXTENSION = /^ext-\d-[^ ]+ sha256:[0-9a-fA-F]{64}$/;
const LFS_OID = /^oid sha256:([0-9a-fA-F]{64})$/;
const LFS_SIZE = /^size \d+$/;

/** `BACKEND[-sN][-mN]--NAME`, the fields before the name in any order (git-annex `key_format`). */
const ANNEX_KEY = /^([A-Z0-9_]+)(?:-[sm]\d+)*--([^/\n]+)$/;
/** The name of a SHA256 key: the digest, for SHA256E with the file's extension. */
const ANNEX_DIGEST = /^([0-9a-fA-F]{64})(?:\.|$)/;
/** `xx/yy/KEY/KEY`, or the lower-case directories of bare repositories. */
const ANNEX_TARGET =
  /(?:^|\/)\.git\/annex\/objects\/(?:[^/]{2}\/[^/]{2}|[0-9a-f]{3}\/[0-9a-f]{3})\/([^/]+)\/\1$/;

/**
 * Reads the content of a file as a Git LFS pointer (the specification's version 1) or as the pointer
 * that git-annex leaves for an unlocked file; `undefined` when it is neither.
 */
export function parsePointer(text: string): Pointer | undefined {
  if (text.length > MAX_POINTER) return undefined;
  return text.startsWith('version ') ? parseLfs(text) : parseAnnexFile(text);
}

/** Reads the target of a symbolic link into a git-annex object store; `undefined` for others. */
export function parseAnnexTarget(linkTarget: string): Pointer | undefined {
  // Git for Windows stores the target as git-annex there writes it.
  const key = ANNEX_TARGET.exec(linkTarget.replaceAll('\\', '/'))?.[1];
  return key === undefined ? undefined : parseKey(key);
}

function parseLfs(text: string): Pointer | undefined {
  if (text.length > MAX_LFS) return undefined;
  const [version = '', ...lines] = text.trimEnd().split(/\r?\n/);
  const [oid = '', size = '', ...more] = lines.filter((line) => !LFS_EXTENSION.test(line));
  const digest = parseSha256(LFS_OID.exec(oid)?.[1] ?? '');
  if (!LFS_VERSION.has(version) || !LFS_SIZE.test(size) || more.length > 0) return undefined;
  return digest === undefined ? undefined : { kind: 'git-lfs', digest };
}

function parseAnnexFile(text: string): Pointer | undefined {
  const [first = '', ...more] = text.trimEnd().split(/\r?\n/);
  // Further lines are reserved, and begin like the first (git-annex `internals/pointer_file`).
  if (!more.every((line) => line.startsWith('/annex/'))) return undefined;
  const prefix = '/annex/objects/';
  return first.startsWith(prefix) ? parseKey(first.slice(prefix.length)) : undefined;
}

function parseKey(key: string): Pointer | undefined {
  const [, backend, name = ''] = ANNEX_KEY.exec(key) ?? [];
  if (backend === undefined) return undefined;
  const claimed = /^SHA256E?$/.test(backend) ? ANNEX_DIGEST.exec(name)?.[1] : undefined;
  const digest = parseSha256(claimed ?? '');
  return { kind: 'git-annex', ...(digest === undefined ? {} : { digest }) };
}
