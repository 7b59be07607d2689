import { decodeText, encodeText } from '../../model/bytes.js';
import type { Sha256 } from '../../model/digest.js';
import { compareCodePoints, toRepoPath } from '../../model/paths.js';
import type { PathProblem } from '../../model/paths.js';

/** One entry to write. */
export interface ManifestLine {
  /** Relative to the manifest's base, not escaped. */
  readonly name: string;
  readonly digest: Sha256;
}

/**
 * Why a name should not be declared in a manifest that others read:
 * - `carriage-return`: vaibify writes it raw and reads it as the end of the line, coreutils escapes
 *   it since 9.0 and others never did;
 * - `not-unicode`: bytes that are not UTF-8, which vaibify can neither write nor read;
 * - `line-separator`: vaibify splits its lines where Python's `splitlines` does, in the midst of
 *   names that it wrote itself;
 * - the problems of {@link toRepoPath}.
 */
export type NameProblem = 'carriage-return' | 'not-unicode' | 'line-separator' | PathProblem;

/** What `str.splitlines` takes for a line end, beyond LF and CR. */
const SEPARATOR = /[\v\f\x1c-\x1e\x85\u2028\u2029]/;

/** Why a declared name cannot be written so that every reader reads it back; usually `undefined`. */
export function nameProblem(name: string): NameProblem | undefined {
  const path = toRepoPath(name);
  if (!path.ok) return path.problem;
  if (name.includes('\r')) return 'carriage-return';
  if (!name.isWellFormed()) return 'not-unicode';
  return SEPARATOR.test(name) ? 'line-separator' : undefined;
}

/**
 * Writes a manifest, byte for byte what `sha256sum` prints for the same names behind the header:
 * LF, two blanks, lower case, names ordered by code point and escaped the GNU way. It writes every
 * name that {@link ManifestReader} delivers, also those that {@link nameProblem} warns of.
 *
 * @throws RangeError for a name or a header line that no reader would read back as what it is.
 */
export function formatManifest(header: readonly string[], lines: readonly ManifestLine[]): Buffer {
  const sorted = [...lines].sort((a, b) => compareCodePoints(a.name, b.name));
  const text = [...header.map(headerLine), ...sorted.map(entryLine)].join('');
  return encodeText(text);
}

function headerLine(line: string): string {
  if (!line.startsWith('#') || line.includes('\n')) throw new RangeError('not a comment line');
  return `${line}\n`;
}

function entryLine({ name, digest }: ManifestLine): string {
  if (!toRepoPath(name).ok) throw new RangeError('a name that readers refuse');
  if (!name.isWellFormed() && decodeText(encodeText(name)) !== name) {
    throw new RangeError('a name that no bytes decode to');
  }
  if (!/[\\\n\r]/.test(name)) return `${digest}  ${name}\n`;
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `\\${digest}  ${escaped}\n`;
}
