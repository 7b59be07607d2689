import type { BaseImage } from '../../model/envelope.js';
import type { Finding, Severity } from '../../model/finding.js';
import type { ConfigFinding, DockerfileProblem } from '../../model/findings/config.js';
import type { RepoPath } from '../../model/paths.js';
import { LineIndex } from '../../model/span.js';
import type { Span } from '../../model/span.js';
import { ConfigFindings } from '../container/findings.js';
import { scriptFindings, wordsFindings } from './commands.js';
import type { CommandFinding } from './commands.js';
import { imagePin, PLATFORM_ARGUMENTS, severityOfImage } from './images.js';
import { dockerfileLines, optionsEnd, runCommand } from './lines.js';
import type { Heredoc, Instruction } from './lines.js';
import type { PiecedText, Word } from './pieces.js';
import { withoutUser } from '../container/packages.js';
import { assignmentsOf, execWords } from './arguments.js';
import { substitute, wordsOf } from './variables.js';
import type { Substituted } from './variables.js';

/** The instructions of the reference; any other word stops the build. */
const KNOWN: ReadonlySet<string> = new Set(
  (
    'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL ' +
    'STOPSIGNAL USER VOLUME WORKDIR'
  ).split(' '),
);
const EPOCH = 'SOURCE_DATE_EPOCH';
/** A heredoc of these is a script; of any other command it is data. */
const SCRIPT_COMMAND = /^(?:(?:\S*\/)?(?:ba|da|a|z|k)?sh\b[^|;&]*)?<</;

/** As much of a command as says whether its heredoc is a script. */
const LINE = 1000;

/** What is set while a stage is built. */
interface Stage {
  /** Set by `ENV`; wins over an argument of the same name. */
  readonly environment: Map<string, string>;
  /** Set by `ARG`. */
  readonly given: Map<string, string>;
}

/** Reads one Dockerfile from top to bottom. */
export class DockerfileReader {
  readonly #findings: ConfigFindings;
  readonly #lines: LineIndex;
  readonly #text: string;
  #escape = '\\';
  readonly #globals = new Map<string, string>();
  /** By name in lower case. */
  readonly #stages = new Map<string, Stage>();
  #stage: Stage | undefined;
  #stageCount = 0;
  readonly #bases: BaseImage[] = [];
  #aptPinned = true;
  #broken = false;
  /** The best that any stage says of `SOURCE_DATE_EPOCH`, and where. */
  #epoch: { gap: 'no-value' | 'not-a-number' | undefined; span: Span } | undefined;

  /** @param text Without a byte-order mark. */
  constructor(text: string, file: RepoPath) {
    this.#text = text;
    this.#lines = new LineIndex(text);
    this.#findings = new ConfigFindings(file);
    this.#file = file;
  }
  readonly #file: RepoPath;

  read(): { bases: readonly BaseImage[]; clean: boolean; findings: Finding[] } {
    const { escape, directives, instructions } = dockerfileLines(this.#text);
    this.#escape = escape;
    for (const { name, value } of directives) {
      const problem = name === 'syntax' ? imagePin(value.text).problem : undefined;
      const span = this.#lines.span(value.source, value.text.length);
      if (problem !== undefined) this.#findings.add(severityOfImage('frontend'), problem, span);
    }
    for (const instruction of instructions) this.#instruction(instruction);
    if (this.#bases.length === 0) this.#syntax('no-from', '');
    this.#closeEpoch();
    const bases = this.#bases;
    const pinned = bases.length > 0 && bases.every((b) => b.internal || b.digest !== undefined);
    const epochSet = this.#epoch !== undefined && this.#epoch.gap === undefined;
    const clean = pinned && this.#aptPinned && epochSet && !this.#broken;
    return { bases, clean, findings: this.#findings.all() };
  }

  #instruction(instruction: Instruction): void {
    const { keyword, whole } = instruction;
    const span = whole.span(this.#lines, 0, keyword.length);
    if (!KNOWN.has(keyword)) {
      this.#syntax('unknown-instruction', whole.text.slice(0, keyword.length), span);
      return;
    }
    if (this.#stage === undefined && keyword !== 'ARG' && keyword !== 'FROM') {
      this.#syntax('before-from', keyword, span);
    }
    for (const { name, closed } of instruction.heredocs) {
      if (!closed) this.#syntax('heredoc-open', name, span);
    }
    this.#dispatch(instruction, span);
  }

  #dispatch(instruction: Instruction, span: Span): void {
    const { keyword, rest } = instruction;
    if (keyword === 'FROM') this.#from(rest, span);
    else if (keyword === 'ARG') this.#argument(rest);
    else if (keyword === 'ENV') this.#environment(rest);
    else if (keyword === 'RUN') this.#run(instruction);
    else if (keyword === 'COPY' || keyword === 'ADD') this.#copy(instruction);
  }

  #syntax(problem: DockerfileProblem, word: string, span?: Span): void {
    this.#broken = true;
    this.#findings.add('error', { code: 'dockerfile-syntax', problem, word }, span);
  }

  /** `FROM [--platform=P] image [AS name]`; only arguments from before the first one count. */
  #from(rest: PiecedText, keyword: Span): void {
    const words = wordsOf(rest.text, this.#escape).filter(({ raw }) => !raw.startsWith('--'));
    const [image, as, name] = words;
    const isWhole = words.length === 1 || (words.length === 3 && /^as$/i.test(as?.raw ?? ''));
    if (!isWhole) this.#syntax('from-words', as?.raw ?? '', keyword);
    const parent = image === undefined ? undefined : this.#base(image, rest);
    // Its variables are the parent's; its arguments are its own.
    this.#stage = { environment: new Map(parent?.environment), given: new Map() };
    this.#stages.set(String(this.#stageCount++), this.#stage);
    if (name !== undefined) this.#stages.set(name.raw.toLowerCase(), this.#stage);
  }

  /** Notes a base image; gives the stage that it is, when it is one. */
  #base(image: Word, rest: PiecedText): Stage | undefined {
    const global = (name: string) => this.#globals.get(name) ?? PLATFORM_ARGUMENTS.get(name);
    const value = substitute(image.raw, global, this.#escape);
    const span = rest.span(this.#lines, image.start, image.end);
    const [argument] = value.missing;
    // A number is a stage to COPY, and an image to FROM.
    const name = value.text.toLowerCase();
    const stage = /^\d+$/.test(name) ? undefined : this.#stages.get(name);
    const internal = stage !== undefined || value.text === 'scratch';
    const reference = argument === undefined ? value.text : image.raw;
    const { digest, problem } = imagePin(reference);
    const place = { file: this.#file, span };
    this.#bases.push({ reference, ...(digest === undefined ? {} : { digest }), internal, place });
    if (!internal) this.#judgeBase({ value, reference, problem, span });
    return stage;
  }

  #judgeBase(base: {
    readonly value: Substituted;
    readonly reference: string;
    readonly problem: ConfigFinding | undefined;
    readonly span: Span;
  }): void {
    const { value, reference, problem, span } = base;
    const [argument] = value.missing;
    const [used] = value.used;
    if (argument !== undefined) {
      this.#findings.add('error', { code: 'image-unresolved', reference, argument }, span);
    } else if (problem !== undefined) {
      this.#findings.add(severityOfImage('base'), problem, span);
    } else if (used !== undefined) {
      const data = { code: 'image-by-argument', reference, argument: used } as const;
      this.#findings.add('info', data, span);
    }
  }

  #argument(rest: PiecedText): void {
    for (const { name, value, start, end } of assignmentsOf(rest.text, this.#escape)) {
      const variables = this.#stage?.given ?? this.#globals;
      // Without a value it takes that of an argument from before the first FROM.
      const given = value === undefined ? this.#globals.get(name) : this.#substitute(value);
      if (given !== undefined) variables.set(name, given);
      this.#noteEpoch(name, given, rest.span(this.#lines, start, end));
    }
  }

  #environment(rest: PiecedText): void {
    const changes = assignmentsOf(rest.text, this.#escape, { legacy: true }).map((one) => ({
      ...one,
      // All of one instruction see what was set before it.
      given: this.#substitute(one.value ?? ''),
    }));
    for (const { name, given, start, end } of changes) {
      this.#stage?.environment.set(name, given);
      this.#noteEpoch(name, given, rest.span(this.#lines, start, end));
    }
  }

  #substitute(raw: string): string {
    return substitute(raw, (name) => this.#variable(name), this.#escape).text;
  }

  #variable(name: string): string | undefined {
    if (this.#stage === undefined) return this.#globals.get(name);
    return this.#stage.environment.get(name) ?? this.#stage.given.get(name);
  }

  #noteEpoch(name: string, value: string | undefined, span: Span): void {
    // Before the first FROM it is set for no stage.
    if (name !== EPOCH || this.#stage === undefined) return;
    const gap =
      value === undefined || value === ''
        ? 'no-value'
        : /^\d{1,12}$/.test(value)
          ? undefined
          : 'not-a-number';
    if (this.#epoch === undefined || gap === undefined) this.#epoch = { gap, span };
  }

  #closeEpoch(): void {
    if (this.#bases.length === 0) return;
    const gap = this.#epoch === undefined ? 'absent' : this.#epoch.gap;
    const span = this.#epoch?.span ?? this.#bases.at(-1)?.place.span;
    if (gap !== undefined) this.#findings.add('warning', { code: 'epoch-not-set', gap }, span);
  }

  #run(instruction: Instruction): void {
    const { rest, heredocs } = instruction;
    this.#mounts(rest, optionsEnd(rest));
    const command = runCommand(instruction);
    const words = execWords(command.text);
    const lookup = (name: string) => this.#variable(name);
    this.#commands(
      command,
      words === undefined ? scriptFindings(command.text, lookup) : wordsFindings(words, lookup),
    );
    if (heredocs.length === 0 || !SCRIPT_COMMAND.test(command.text.slice(0, LINE))) return;
    for (const { body } of heredocs.filter(isShellScript)) {
      this.#commands(body, scriptFindings(body.text, lookup));
    }
  }

  #commands(text: PiecedText, found: readonly CommandFinding[]): void {
    for (const { severity, data, start, end } of found) {
      if (data.code === 'package-not-pinned' && data.manager === 'apt') this.#aptPinned = false;
      this.#findings.add(severity, data, text.span(this.#lines, start, end));
    }
  }

  /** `RUN --mount=type=bind,from=image` reads files of an image. */
  #mounts(rest: PiecedText, length: number): void {
    for (const match of rest.text.slice(0, length).matchAll(/[=,]from=([^,\s]+)/g)) {
      const image = match[1] ?? '';
      const start = match.index + match[0].length - image.length;
      this.#copied(image, rest.span(this.#lines, start, start + image.length));
    }
  }

  #copy({ keyword, rest }: Instruction): void {
    const words = wordsOf(rest.text, this.#escape);
    const span = (from: number, to: number) => rest.span(this.#lines, from, to);
    for (const { raw, start, end } of words) {
      if (raw.startsWith('--from=')) this.#copied(raw.slice(7), span(start + 7, end));
    }
    if (keyword !== 'ADD' || words.some(({ raw }) => raw.startsWith('--checksum='))) return;
    // The last word is where it goes; a repository of git is not fetched as a file.
    for (const { raw, start, end } of words.slice(0, -1)) {
      const isFile = /^["']?https?:\/\//i.test(raw) && !/\.git(?:[#"']|$)/.test(raw);
      const data = { code: 'download-without-checksum', url: withoutUser(raw) } as const;
      if (isFile) this.#findings.add('warning', data, span(start, end));
    }
  }

  /** An image, a stage or a named context that files are taken from. */
  #copied(raw: string, span: Span): void {
    const { text, missing } = substitute(raw, (name) => this.#variable(name), this.#escape);
    if (missing.length > 0 || text === '' || this.#stages.has(text.toLowerCase())) return;
    const severity: Severity = severityOfImage('copied');
    const { problem } = imagePin(text);
    if (problem !== undefined) this.#findings.add(severity, problem, span);
  }
}

/** A first line `#!` may name another language. */
function isShellScript({ body }: Heredoc): boolean {
  const [first = ''] = body.text.split('\n', 1);
  return !first.startsWith('#!') || /\b(?:ba|da|a|z|k)?sh\b/.test(first);
}
