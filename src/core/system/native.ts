import { encodeText } from '../model/bytes.js';

/**
 * A path as the operating system wants it. POSIX names are bytes: a name that is not UTF-8 arrives
 * here with lone surrogates (PEP 383) and must leave as the very bytes it stands for, since Node
 * would otherwise open the name with U+FFFD in it, which is another file.
 */
export const nativePath = (path: string): string | Buffer =>
  path.isWellFormed() || process.platform === 'win32' ? path : encodeText(path);

/** The literal code of a failed system call (`ENOENT`), or `''` for anything else that was thrown. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The codes by which an operating system says that there is nothing of that name. */
export const isAbsent = (code: string): boolean =>
  code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
