/**
 * The line grammar of checksum manifests, as `sha256sum -c` of GNU coreutils 9.1 and later reads it
 * (`split_3`, `bsd_split_3` and `filename_unescape` in coreutils' `src/digest.c`). Works on bytes;
 * comments, blank lines and line ends are the reader's business. The table of rules, and where this
 * deliberately differs from the tool, is docs/manifest-format.md.
 */
import type { MalformedReason } from '../../model/finding.js';

/** How digest and name stand on a line. */
export type LineForm = 'text' | 'binary' | 'single-blank' | 'bsd';

/** A well-formed line: offsets into the bytes that were read, and what was lenient about it. */
export interface LineParts {
  readonly nameStart: number;
  /** Exclusive. */
  readonly nameEnd: number;
  /** Whether the name is written with the escapes `\\`, `\n` and `\r`. */
  readonly escaped: boolean;
  readonly form: LineForm;
  readonly upperCase: boolean;
  readonly leadingBlank: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const TAB = 0x09;
const BLANK = 0x20;
const STAR = 0x2a;
const BACKSLASH = 0x5c;
const TAG = Buffer.from('SHA256');
/** 64 digits, one blank and a name of one byte. */
const SHORTEST = 66;
const UPPER = 0x10;
const NO_DIGIT = 0x80;

/** The value of a hexadecimal digit by its byte, UPPER set for `A` to `F`; NO_DIGIT for the rest. */
const NIBBLE = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdefABCDEF'.indexOf(String.fromCharCode(byte));
  return digit < 0 ? NO_DIGIT : digit < 16 ? digit : (digit - 6) | UPPER;
});

const isBlank = (byte: number | undefined): boolean => byte === BLANK || byte === TAB;

/**
 * Splits the lines of one manifest, in order: what a line with a single blank means depends on the
 * lines before it. What `split` gives is valid until it is called again: a million lines make no
 * garbage here.
 */
export class LineGrammar {
  /** The 32 bytes of the digest on the line that was split last. */
  readonly digest = new Uint8Array(32);
  readonly #parts: Mutable<LineParts> = {
    nameStart: 0,
    nameEnd: 0,
    escaped: false,
    form: 'text',
    upperCase: false,
    leadingBlank: false,
  };
  /**
   * Whether the manifest is of the form `digest name` with one blank; the first plain line decides.
   * Once it is, a second blank or `*` belongs to the name; once it is not, such lines are malformed.
   * Coreutils does so lest a name that begins with a blank be passed off for another file.
   */
  #singleBlank: boolean | undefined;

  /** Splits the line at `start` to `end`, which excludes the line end. */
  split(bytes: Uint8Array, start: number, end: number): LineParts | MalformedReason {
    const first = skipBlanks(bytes, start, end);
    const escaped = first < end && bytes[first] === BACKSLASH;
    const at = escaped ? first + 1 : first;
    this.#parts.escaped = escaped;
    this.#parts.leadingBlank = first > start;
    if (startsWithTag(bytes, at, end)) return this.#bsd(bytes, at + TAG.length, end);
    if (end - at < SHORTEST) return reasonOf(bytes, at, end, 'too-short');
    if (!this.#readDigest(bytes, at)) return reasonOf(bytes, at, end, 'digest');
    const separator = at + 64;
    if (isBlank(bytes[separator])) return this.#plain(bytes, separator + 1, end);
    if (NIBBLE[bytes[separator] ?? 0] === NO_DIGIT) return 'separator';
    return reasonOf(bytes, at, end, 'digest');
  }

  /** The part behind `digest` and one blank. */
  #plain(bytes: Uint8Array, at: number, end: number): LineParts | MalformedReason {
    const marker = bytes[at];
    // One byte alone is a name, be it a blank or an asterisk.
    if (end - at === 1 || (marker !== BLANK && marker !== STAR)) {
      if (this.#singleBlank === false) return 'mixed-formats';
      this.#singleBlank = true;
    }
    this.#singleBlank ??= false;
    const form = marker === STAR ? 'binary' : 'text';
    return this.#found(
      this.#singleBlank ? 'single-blank' : form,
      this.#singleBlank ? at : at + 1,
      end,
    );
  }

  /** The part behind `SHA256`: at most one blank, `(name)`, `=` among blanks, the digest. */
  #bsd(bytes: Uint8Array, tagEnd: number, end: number): LineParts | MalformedReason {
    const open = bytes[tagEnd] === BLANK ? tagEnd + 1 : tagEnd;
    if (open >= end || bytes[open] !== 0x28) return 'bsd';
    const nameStart = open + 1;
    const nameEnd = bytes.subarray(nameStart, end).lastIndexOf(0x29) + nameStart;
    if (nameEnd < nameStart) return 'bsd';
    const equals = skipBlanks(bytes, nameEnd + 1, end);
    if (equals >= end || bytes[equals] !== 0x3d) return 'bsd';
    const digest = skipBlanks(bytes, equals + 1, end);
    if (end - digest < 64 || !this.#readDigest(bytes, digest)) return 'digest';
    // Coreutils 9.1 reads over a NUL and what follows it, later releases do not.
    if (digest + 64 < end) return bytes[digest + 64] === 0 ? 'nul' : 'digest';
    return this.#found('bsd', nameStart, nameEnd);
  }

  #found(form: LineForm, nameStart: number, nameEnd: number): LineParts {
    const parts = this.#parts;
    parts.form = form;
    parts.nameStart = nameStart;
    parts.nameEnd = nameEnd;
    return parts;
  }

  /** Reads 64 digits, which fit; whether all of them are digits. */
  #readDigest(bytes: Uint8Array, at: number): boolean {
    const { digest } = this;
    let seen = 0;
    for (let i = 0; i < 32; i++) {
      const high = NIBBLE[bytes[at + 2 * i] ?? 0] ?? NO_DIGIT;
      const low = NIBBLE[bytes[at + 2 * i + 1] ?? 0] ?? NO_DIGIT;
      seen |= high | low;
      digest[i] = (high << 4) | (low & 0xf);
    }
    this.#parts.upperCase = (seen & UPPER) !== 0;
    return (seen & NO_DIGIT) === 0;
  }
}

/** Undoes the escapes of a name; says why when it is no escaped name. */
export function unescapeName(text: string): { readonly name: string } | MalformedReason {
  if (text.includes('\0')) return 'nul';
  if (text.replace(/\\[\\nr]/g, '').includes('\\')) return 'escape';
  return { name: text.replace(/\\([\\nr])/g, (_, code: string) => UNESCAPED[code] ?? code) };
}

const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r' };

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at])) at++;
  return at;
}

function startsWithTag(bytes: Uint8Array, at: number, end: number): boolean {
  // No digest begins with an S: one look rules out almost every line.
  return bytes[at] === 0x53 && end - at >= TAG.length && TAG.every((c, i) => bytes[at + i] === c);
}

/** A tagged line of another algorithm, `MD5 (name) = digest`, deserves to be called one. */
const TAGGED = /^([A-Za-z][A-Za-z0-9/_-]{1,19}) ?\([^]*\)[ \t]*=[ \t]*[0-9A-Za-z+/]+=*$/;

/** MD5, SHA-1, SHA-224, SHA-384, SHA-512 as `sum` tools write them: a digest of that length and a name. */
const OTHER_LENGTH =
  /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{96}|[0-9a-f]{128})[ \t][^]/i;

function reasonOf(
  bytes: Uint8Array,
  at: number,
  end: number,
  otherwise: MalformedReason,
): MalformedReason {
  const line = Buffer.from(bytes.subarray(at, end)).toString('latin1');
  const tag = TAGGED.exec(line)?.[1]?.toUpperCase();
  if (tag === undefined) return OTHER_LENGTH.test(line) ? 'other-algorithm' : otherwise;
  // What OpenSSL 3 and some others call SHA-256; coreutils does not know these names.
  return tag === 'SHA2-256' || tag === 'SHA-256' || tag === 'SHA256' ? 'bsd' : 'other-algorithm';
}
