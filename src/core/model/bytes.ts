/** Text of a file whose bytes need not be UTF-8: PEP 383 `surrogateescape` in both directions. */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ESCAPED = /[\uDC80-\uDCFF]/;

/**
 * Decodes UTF-8; every byte 0xNN that is not part of valid UTF-8 becomes the lone surrogate U+DCNN.
 * A byte-order mark is kept as U+FEFF, so that its presence can be reported.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeEscaping(bytes);
  }
}

/** The exact inverse of {@link decodeText}. */
export function encodeText(text: string): Buffer {
  if (!ESCAPED.test(text) || text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff && isLow(text.charCodeAt(i + 1))) {
      i++;
    } else if (unit >= 0xdc80 && unit <= 0xdcff) {
      parts.push(Buffer.from(text.slice(start, i), 'utf8'), Buffer.of(unit - 0xdc00));
      start = i + 1;
    }
  }
  parts.push(Buffer.from(text.slice(start), 'utf8'));
  return Buffer.concat(parts);
}

/** Whether text can be written as valid UTF-8: no escaped bytes, no lone surrogates. */
export const isUtf8 = (text: string): boolean => text.isWellFormed();

const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

function decodeEscaping(bytes: Uint8Array): string {
  let text = '';
  let i = 0;
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i);
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + (bytes[i] ?? 0));
      i += 1;
    } else {
      text += strict.decode(bytes.subarray(i, i + length));
      i += length;
    }
  }
  return text;
}

/** Length of the valid UTF-8 sequence at `i`, or 0. ASCII runs are taken whole. */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const lead = bytes[i] ?? 0;
  if (lead < 0x80) {
    let end = i + 1;
    while (end < bytes.length && (bytes[end] ?? 0x80) < 0x80) end++;
    return end - i;
  }
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  try {
    const piece = strict.decode(bytes.subarray(i, i + length));
    return piece.length === (length === 4 ? 2 : 1) ? length : 0;
  } catch {
    return 0;
  }
}
