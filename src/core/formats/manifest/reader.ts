import { Armour } from '../attestation/armour.js';
import { decodeText, isUtf8 } from '../../model/bytes.js';
import { sha256FromBytes } from '../../model/digest.js';
import type { Finding, MalformedReason } from '../../model/finding.js';
import { toRepoPath } from '../../model/paths.js';
import type { RepoPath } from '../../model/paths.js';
import type { Pin } from '../../model/project.js';
import type { Place } from '../../model/place.js';
import { lineSpan } from '../../model/span.js';
import { ManifestFindings } from './findings.js';
import type { LineCode } from './findings.js';
import { LineGrammar, unescapeName } from './line.js';
import type { LineForm, LineParts } from './line.js';
import { PathIndex } from '../pathIndex.js';

const LF = 0x0a;
const CR = 0x0d;
/** Bytes of a line that are looked at. No system opens a longer name, so such an entry fails. */
const MAX_LINE = 256 << 10;
/** Bytes that tell a line that is cut from one that is not: a byte-order mark, a CR, and one more. */
const MAX_KEPT = MAX_LINE + 5;
/** Bytes of comments that are kept as the header. */
const MAX_HEADER = 1 << 20;
const FORM_LENIENCY = {
  text: undefined,
  binary: 'binary-marker',
  'single-blank': 'single-blank',
  bsd: 'bsd-line',
} as const satisfies Record<LineForm, unknown>;

/** One line in the buffer it was found in, without its line end. */
interface Line {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly number: number;
}

/**
 * Reads a checksum manifest in chunks of any size; a million lines stream. Verdicts equal those of
 * `sha256sum -c` (coreutils 9.1 and later) except where docs/manifest-format.md says otherwise.
 * Never throws, whatever the bytes.
 */
export class ManifestReader {
  readonly #file: RepoPath;
  readonly #grammar = new LineGrammar();
  readonly #armour = new Armour();
  readonly #paths = new PathIndex();
  readonly #findings = new ManifestFindings();
  readonly #header: string[] = [];
  #headerBytes = 0;
  #inHeader = true;
  #line = 0;
  #entries = 0;
  /** The beginning of a line whose end has not come yet. */
  #rest: Buffer[] = [];
  #restLength = 0;

  constructor(file: RepoPath) {
    this.#file = file;
  }

  /** Findings so far. The first 1000 of a code are listed, of the others {@link unlisted} tells. */
  get findings(): readonly Finding[] {
    return this.#findings.all();
  }

  /** How many findings of a code were only counted. */
  unlisted(code: LineCode): number {
    return this.#findings.unlisted(code);
  }

  /** Well-formed entries with a contained path. */
  get entries(): number {
    return this.#entries;
  }

  /** The comment lines before the first entry, without line ends: a writer keeps them. */
  get header(): readonly string[] {
    return this.#header;
  }

  /** Feeds bytes; gives the entries of the lines that are complete by now. */
  push(chunk: Uint8Array): Pin[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const pins: Pin[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      if (this.#restLength > 0) {
        this.#keep(bytes.subarray(start, end));
        this.#readRest(pins);
      } else {
        this.#read(bytes, start, end, pins);
      }
      start = end + 1;
    }
    this.#keep(bytes.subarray(start));
    return pins;
  }

  /** No more bytes: gives the last entry, if it has no line end. */
  end(): Pin[] {
    if (this.#restLength === 0) return [];
    const pins: Pin[] = [];
    const last = this.#readRest(pins);
    this.#findings.lenient('no-final-newline', last.number, () => this.#whole(last));
    return pins;
  }

  /** Copies what is left of a chunk: the caller may reuse it. */
  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#restLength < MAX_KEPT) this.#rest.push(Buffer.from(bytes.subarray(0, MAX_KEPT)));
    this.#restLength += bytes.length;
  }

  #readRest(pins: Pin[]): Line {
    const bytes = Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restLength = 0;
    return this.#read(bytes, 0, bytes.length, pins);
  }

  #read(bytes: Buffer, from: number, to: number, pins: Pin[]): Line {
    this.#line += 1;
    let start = from;
    const bom = this.#line === 1 && to - from >= 3 && bytes.readUIntBE(from, 3) === 0xefbbbf;
    if (bom) start += 3;
    // Exactly one CR before the line end is dropped; further ones belong to the name.
    const cut = to - start > MAX_LINE + 1;
    const crlf = !cut && to > start && bytes[to - 1] === CR;
    const end = Math.min(crlf ? to - 1 : to, start + MAX_LINE);
    const line: Line = { bytes, start, end, number: this.#line };
    if (bom) this.#findings.lenient('byte-order-mark', line.number, () => this.#whole(line));
    // A comment has its `#` in the first column.
    if (bytes[start] === 0x23 && start < to) this.#comment(line);
    else if (start < end) this.#entry(line, crlf, pins);
    return line;
  }

  #comment({ bytes, start, end }: Line): void {
    if (!this.#inHeader || this.#headerBytes > MAX_HEADER) return;
    let last = end;
    while (bytes[last - 1] === CR) last--;
    this.#headerBytes += last - start + 1;
    this.#header.push(decodeText(bytes.subarray(start, last)));
  }

  #entry(line: Line, crlf: boolean, pins: Pin[]): void {
    const parts = this.#grammar.split(line.bytes, line.start, line.end);
    if (typeof parts === 'string') {
      this.#malformed(line, parts);
      return;
    }
    const text = decodeName(line.bytes, parts.nameStart, parts.nameEnd);
    const unescaped = parts.escaped ? unescapeName(text) : { name: text };
    if (typeof unescaped === 'string') {
      this.#malformed(line, unescaped);
      return;
    }
    this.#inHeader = false;
    this.#leniencies(line, parts, crlf, text);
    // Everything before the name is ASCII, so bytes are columns.
    const column = parts.nameStart - line.start + 1;
    const place = this.#place(line.number, column, column + text.length);
    const pin = this.#pin(unescaped.name, line.number, place);
    if (pin !== undefined) pins.push(pin);
  }

  #pin(name: string, line: number, place: Place): Pin | undefined {
    const result = toRepoPath(name);
    if (!result.ok) {
      const code = 'manifest-refused-path';
      const { problem } = result;
      if (this.#findings.counts(code)) {
        this.#findings.add({ code, severity: 'error', line, name, problem, place });
      }
      return undefined;
    }
    const { path } = result;
    const digest = this.#grammar.digest;
    this.#entries += 1;
    const first = this.#paths.add(path, digest, line);
    if (first !== undefined) {
      const at = { line, path, firstLine: first.line, place };
      const code = first.sameDigest ? 'manifest-duplicate' : 'manifest-conflict';
      const severity = first.sameDigest ? 'info' : 'error';
      if (this.#findings.counts(code)) this.#findings.add({ code, severity, ...at });
    }
    // Mostly they are equal, and one string is then kept instead of two.
    return {
      path,
      name: name === path ? path : name,
      digest: sha256FromBytes(digest),
      line,
      place,
    };
  }

  #malformed(line: Line, reason: MalformedReason): void {
    if (this.#armour.covers(line.bytes.toString('latin1', line.start, line.end))) {
      this.#findings.lenient('pgp-signature', line.number, () => this.#whole(line));
      return;
    }
    const code = 'manifest-malformed-line';
    if (!this.#findings.counts(code)) return;
    const place = this.#whole(line);
    this.#findings.add({ code, severity: 'error', line: line.number, reason, place });
  }

  #leniencies(line: Line, parts: LineParts, crlf: boolean, text: string): void {
    const place = (): Place => this.#whole(line);
    const form = FORM_LENIENCY[parts.form];
    if (form !== undefined) this.#findings.lenient(form, line.number, place);
    if (parts.upperCase) this.#findings.lenient('upper-case-digest', line.number, place);
    if (parts.leadingBlank) this.#findings.lenient('leading-blank', line.number, place);
    if (crlf) this.#findings.lenient('crlf', line.number, place);
    if (!isUtf8(text)) this.#findings.lenient('not-utf8', line.number, place);
  }

  #place(line: number, column: number, endColumn: number): Place {
    return { file: this.#file, span: lineSpan(line, column, endColumn) };
  }

  #whole({ bytes, start, end, number }: Line): Place {
    return this.#place(number, 1, decodeText(bytes.subarray(start, end)).length + 1);
  }
}

/** Reads a whole manifest; see {@link ManifestReader}. */
export function readManifest(
  bytes: Uint8Array,
  file: RepoPath,
): { pins: Pin[]; findings: Finding[]; header: string[]; entries: number } {
  const reader = new ManifestReader(file);
  const pins = reader.push(bytes).concat(reader.end());
  const { findings, header, entries } = reader;
  return { pins, findings: [...findings], header: [...header], entries };
}

/** Decodes a name by itself: a slice of a longer string would keep all of it in memory. */
function decodeName(bytes: Buffer, start: number, end: number): string {
  for (let i = start; i < end; i++) {
    if ((bytes[i] ?? 0) > 0x7f) return decodeText(bytes.subarray(start, end));
  }
  return bytes.toString('latin1', start, end);
}
