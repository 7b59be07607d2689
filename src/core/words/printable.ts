/** Characters that would break a line, move the cursor, reorder text or hide: shown as escapes. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu;

/**
 * A name from an untrusted file, fit for a terminal and a label: control characters, direction
 * overrides and lone surrogates become `\u....` or, for bytes that are not UTF-8, `\x..`.
 */
export function printable(name: string): string {
  return name.replace(UNSAFE, (character) => {
    const unit = character.charCodeAt(0);
    if (unit === 0x0a) return '\\n';
    if (unit === 0x0d) return '\\r';
    if (unit === 0x09) return '\\t';
    if (unit >= 0xdc80 && unit <= 0xdcff) return `\\x${(unit - 0xdc00).toString(16)}`;
    return `\\u${unit.toString(16).padStart(4, '0')}`;
  });
}
