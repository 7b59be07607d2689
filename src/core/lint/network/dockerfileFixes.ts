/** Fixes for what the reader of Dockerfiles finds: images, packages, downloads (docs/nondeterminism.md, section 4). */
import { withoutMark } from '../../formats/container/findings.js';
import { withoutUser } from '../../formats/container/packages.js';
import { execWords } from '../../formats/dockerfile/arguments.js';
import { MOST_DOCKERFILE } from '../../formats/dockerfile/dockerfile.js';
import { scriptFindings, wordsFindings } from '../../formats/dockerfile/commands.js';
import type { CommandFinding } from '../../formats/dockerfile/commands.js';
import { execList } from '../../formats/dockerfile/exec.js';
import { dockerfileLines, runCommand } from '../../formats/dockerfile/lines.js';
import type { Instruction } from '../../formats/dockerfile/lines.js';
import type { PiecedText } from '../../formats/dockerfile/pieces.js';
import { wordsOf } from '../../formats/dockerfile/variables.js';
import { parseImageReference } from '../../formats/container/imageReference.js';
import { parseShell } from '../../formats/shell/shell.js';
import type { Finding } from '../../model/finding.js';
import type { Fix } from '../../model/fix.js';
import type { RepoPath } from '../../model/paths.js';
import { LineIndex } from '../../model/span.js';
import type { Span } from '../../model/span.js';
import type { Hit } from '../hit.js';
import { listGround, placesOf } from '../lists/lists.js';
import { commandOf, textOf } from '../lists/script.js';
import { packageHits } from './packages.js';
import { placeHit, textGround } from '../place.js';
import type { Ground } from '../place.js';

/** Nothing is known of variables here: of what they hold, nothing could be changed in its place. */
const unknown = (): undefined => undefined;

/** The findings of a Dockerfile's reader, with the edits that settle them. */
export function withFixes(text: string, file: RepoPath, findings: readonly Finding[]): Finding[] {
  if (text.length > MOST_DOCKERFILE || findings.length === 0) return [...findings];
  const own = withoutMark(text);
  const reader = new Fixes(own, file);
  for (const instruction of dockerfileLines(own).instructions) reader.add(instruction);
  return findings.map((finding) => {
    const fix = finding.fix ?? reader.of(finding);
    return fix === undefined ? finding : { ...finding, fix };
  });
}

class Fixes {
  readonly #file: RepoPath;
  readonly #index: LineIndex;
  readonly #lines: readonly string[];
  /** By what is said, and where. */
  readonly #fixes = new Map<string, Fix>();

  constructor(text: string, file: RepoPath) {
    this.#file = file;
    this.#index = new LineIndex(text);
    this.#lines = text.split(/\r\n|\n|\r/);
  }

  of(finding: Finding): Fix | undefined {
    const span = finding.place?.span;
    if (span === undefined) return undefined;
    if (finding.code === 'image-not-pinned') return this.#digest(finding.reference, span);
    return this.#fixes.get(keyOf(finding));
  }

  add(instruction: Instruction): void {
    const { keyword, rest, heredocs } = instruction;
    if (keyword === 'ADD') this.#checksum(rest);
    if (keyword !== 'RUN') return;
    const command = runCommand(instruction);
    if (command.text.startsWith('[') && this.#list(command)) return;
    for (const text of [command, ...heredocs.map(({ body }) => body)]) this.#script(text);
  }

  /** A reference that stands there as it is, and not in a variable. */
  #digest(reference: string, { start, end }: Span): Fix | undefined {
    const line = this.#lines[start.line - 1] ?? '';
    const isWritten =
      start.line === end.line && line.slice(start.column - 1, end.column - 1) === reference;
    if (!isWritten || parseImageReference(reference)?.kind !== 'registry') return undefined;
    const span = { start: end, end };
    return { edits: [{ span, replacement: '@sha256:DIGEST', blank: 'DIGEST' }] };
  }

  /** `ADD` of one address; the builder refuses a checksum for several. */
  #checksum(rest: PiecedText): void {
    const [first, ...others] = wordsOf(rest.text, '\\');
    const sources = [first, ...others]
      .slice(0, -1)
      .filter((word) => word?.raw.startsWith('--') === false);
    const [source] = sources;
    if (first === undefined || source === undefined || sources.length > 1) return;
    const code = 'download-without-checksum';
    const replacement = '--checksum=sha256:SHA256 ';
    const edit = { start: first.start, end: first.start, replacement, blank: 'SHA256' } as const;
    const { start, end } = source;
    const data = { code, url: withoutUser(source.raw) } as const;
    this.#keep([{ severity: 'warning', data, start, end, edits: [edit] }], this.#ground(rest));
  }

  #script(text: PiecedText): void {
    const found = scriptFindings(text.text, unknown);
    const hits = packageHits(text.text, parseShell(text.text), found);
    this.#keep(hits, this.#ground(text));
  }

  /** A command that is given as a list; whether it is one. */
  #list(command: PiecedText): boolean {
    const exec = execList(command, this.#index);
    const told = execWords(command.text);
    if (exec === undefined || told === undefined) return false;
    const words = placesOf(exec.words);
    const hits = packageHits(textOf(words), commandOf(words), wordsFindings(words, unknown));
    // The reader tells of the words where they stand in the list.
    const places = wordsFindings(told, unknown);
    this.#keep(hits, listGround(this.#file, exec), this.#spans(command, places));
    return true;
  }

  readonly #spans = (text: PiecedText, found: readonly CommandFinding[]): readonly Span[] =>
    found.map(({ start, end }) => text.span(this.#index, start, end));

  #ground(text: PiecedText): Ground {
    return textGround(this.#file, (start, end) => text.span(this.#index, start, end));
  }

  #keep(hits: readonly Hit[], ground: Ground, spans: readonly Span[] = []): void {
    for (const [index, hit] of hits.entries()) {
      const { fix, ...finding } = placeHit(hit, ground);
      const span = spans[index];
      const place = span === undefined ? {} : { place: { file: this.#file, span } };
      if (fix !== undefined) this.#fixes.set(keyOf({ ...finding, ...place }), fix);
    }
  }
}

const keyOf = (finding: Finding): string => JSON.stringify({ ...finding, fix: undefined });
