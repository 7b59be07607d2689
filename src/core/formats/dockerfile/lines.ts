/**
 * The instructions of a Dockerfile, by the rules of its reference: parser directives, comments,
 * continued lines and here-documents (docs.docker.com/reference/dockerfile).
 */
import { PiecedText } from './pieces.js';
import type { Piece } from './pieces.js';
import { heredocsIn } from './heredoc.js';
import type { HeredocStart } from './heredoc.js';

/** A here-document of an instruction. */
export interface Heredoc {
  readonly name: string;
  /** Its lines, with their line ends. */
  readonly body: PiecedText;
  /** Whether the line that ends it is there. */
  readonly closed: boolean;
}

/** One instruction, its continued lines joined. */
export interface Instruction {
  /** In upper case. */
  readonly keyword: string;
  /** The keyword and everything behind it. */
  readonly whole: PiecedText;
  /** Everything behind the keyword and the blanks after it. */
  readonly rest: PiecedText;
  readonly heredocs: readonly Heredoc[];
}

/** What a `RUN` runs: everything behind its options. */
export const runCommand = ({ rest }: Instruction): PiecedText => rest.from(optionsEnd(rest));

/** Where the options (`--mount=...`) of an instruction end. */
export const optionsEnd = ({ text }: PiecedText): number =>
  /^(?:--\S+\s+)*/.exec(text)?.[0].length ?? 0;

/** A directive in the comments at the very top. */
export interface Directive {
  /** In lower case. */
  readonly name: string;
  readonly value: Piece;
}

export interface DockerfileLines {
  /** The character that continues a line: a backslash, or what `# escape=` says. */
  readonly escape: string;
  readonly directives: readonly Directive[];
  readonly instructions: readonly Instruction[];
}

const DIRECTIVES: ReadonlySet<string> = new Set(['syntax', 'escape', 'check']);
const WITH_HEREDOC: ReadonlySet<string> = new Set(['RUN', 'COPY', 'ADD']);

/** Splits a text without a byte-order mark. Never throws; linear in the length of the text. */
export function dockerfileLines(text: string): DockerfileLines {
  const reader = new Reader(linesOf(text));
  return reader.read();
}

function linesOf(text: string): Piece[] {
  const lines: Piece[] = [];
  let source = 0;
  for (const line of text.split('\n')) {
    lines.push({ text: line.endsWith('\r') ? line.slice(0, -1) : line, source });
    source += line.length + 1;
  }
  return lines;
}

class Reader {
  readonly #lines: readonly Piece[];
  #at = 0;
  #escape = '\\';

  constructor(lines: readonly Piece[]) {
    this.#lines = lines;
  }

  read(): DockerfileLines {
    const directives = this.#directives();
    const escape = directives.find(({ name }) => name === 'escape')?.value.text;
    if (escape === '`') this.#escape = escape;
    const instructions: Instruction[] = [];
    for (let line = this.#next(); line !== undefined; line = this.#next()) {
      if (isBlank(line.text) || isComment(line.text)) continue;
      instructions.push(this.#instruction(line));
    }
    return { escape: this.#escape, directives, instructions };
  }

  #next(): Piece | undefined {
    return this.#lines[this.#at++];
  }

  /** Only the comments before anything else are directives, and only until one is none. */
  #directives(): Directive[] {
    const found = new Map<string, Directive>();
    for (;;) {
      const line = this.#lines[this.#at];
      const directive = line === undefined ? undefined : directiveIn(line);
      if (directive === undefined || found.has(directive.name)) return [...found.values()];
      found.set(directive.name, directive);
      this.#at += 1;
    }
  }

  #instruction(first: Piece): Instruction {
    const pieces: Piece[] = [];
    for (let line: Piece | undefined = first; line !== undefined; line = this.#next()) {
      // Comments and empty lines between continued lines are left out, as the builder does.
      if (pieces.length > 0 && (isBlank(line.text) || isComment(line.text))) continue;
      const kept = continued(line.text, this.#escape);
      pieces.push({ text: kept ?? line.text, source: line.source });
      if (kept === undefined) break;
    }
    const all = new PiecedText(pieces);
    const whole = all.from(all.text.length - all.text.trimStart().length);
    const word = /^\S+/.exec(whole.text)?.[0] ?? '';
    const after = whole.text.slice(word.length);
    const rest = whole.from(whole.text.length - after.trimStart().length);
    const keyword = word.toUpperCase();
    const starts = WITH_HEREDOC.has(keyword) ? heredocsIn(rest.text) : [];
    return { keyword, whole, rest, heredocs: starts.map((start) => this.#heredoc(start)) };
  }

  #heredoc({ name, tabs }: HeredocStart): Heredoc {
    const body: Piece[] = [];
    for (let line = this.#next(); line !== undefined; line = this.#next()) {
      const text = tabs ? line.text.replace(/^\t+/, '') : line.text;
      if (text === name) return { name, body: new PiecedText(body), closed: true };
      body.push({ text: `${line.text}\n`, source: line.source });
    }
    return { name, body: new PiecedText(body), closed: false };
  }
}

const isBlank = (line: string): boolean => line.trim() === '';
const isComment = (line: string): boolean => line.trimStart().startsWith('#');

/** The line without the escape character at its end; `undefined` when the line ends there. */
function continued(line: string, escape: string): string | undefined {
  const text = line.trimEnd();
  return text.endsWith(escape) && !text.endsWith(escape + escape) ? text.slice(0, -1) : undefined;
}

function directiveIn({ text, source }: Piece): Directive | undefined {
  const equals = text.indexOf('=');
  if (equals < 0 || !isComment(text)) return undefined;
  const name = text
    .slice(text.indexOf('#') + 1, equals)
    .trim()
    .toLowerCase();
  if (!DIRECTIVES.has(name)) return undefined;
  const value = text.slice(equals + 1);
  const blanks = value.length - value.trimStart().length;
  return { name, value: { text: value.trim(), source: source + equals + 1 + blanks } };
}
