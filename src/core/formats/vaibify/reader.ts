import type { Finding } from '../../model/finding.js';
import { toRepoPath } from '../../model/paths.js';
import type { PathProblem, RepoPath } from '../../model/paths.js';
import type { Step } from '../../model/project.js';
import type { Place } from '../../model/place.js';
import type { VaibifyEntry } from './document.js';
import { STEP_FIELDS, valuesOf } from './fields.js';
import type { PathField } from './fields.js';
import { schemaVersionOf } from './findings.js';
import { elements, member, members } from './json.js';
import type { JsonText, Node } from './json.js';
import * as rules from './paths.js';
import type { PathBase } from './schema.js';

/** One step while its entries are made. */
interface StepContext {
  readonly node: Node;
  readonly label: string;
  readonly directory: string;
  /** Where the repository is in vaibify's container, as far as old documents need to know. */
  readonly containerRoot: string | undefined;
}

/** Makes steps and entries of a document's tree, by {@link VaibifyReader.readSteps}; what it finds on the way is in `findings`. */
export class VaibifyReader {
  readonly version: number;
  readonly archiveTests: boolean;
  readonly current: boolean;
  readonly steps: Step[] = [];
  readonly entries: VaibifyEntry[] = [];
  readonly findings: Finding[] = [];
  readonly #json: JsonText;
  readonly #file: RepoPath;
  readonly #tokens: ReadonlyMap<string, string>;
  readonly #repoName: string | undefined;
  readonly #nodes: readonly Node[];

  constructor(json: JsonText, file: RepoPath, root: Node, repoName: string | undefined) {
    this.#json = json;
    this.#file = file;
    this.#repoName = repoName;
    this.#tokens = tokensOf(root);
    this.version = schemaVersionOf(root);
    const archive = member(root, 'bArchiveTests');
    this.archiveTests = archive === undefined || isTrue(archive);
    this.#nodes = elements(member(root, 'listSteps')).filter(({ type }) => type === 'object');
    this.current =
      this.version >= 8 || this.#nodes.some((node) => member(node, 'saOutputDataFiles'));
    this.#directory(member(root, 'sPlotDirectory'), 'sPlotDirectory');
  }

  /** Reads every step, with a pause after each: ten thousand outputs must not stop an editor. */
  *readSteps(): Generator<undefined, void> {
    const counts = { A: 0, I: 0 };
    for (const node of this.#nodes) {
      this.#step(node, counts);
      yield undefined;
    }
  }

  #step(node: Node, counts: { A: number; I: number }): void {
    const kind = isInteractive(member(node, 'bInteractive')) ? 'I' : 'A';
    const label = kind + String(++counts[kind]).padStart(2, '0');
    const name = stringOf(member(node, 'sName')) ?? label;
    this.steps.push({ label, name, span: this.#json.span(node) });
    const context = this.#context(node, label);
    for (const field of STEP_FIELDS) {
      if (field.rule.archive && !this.archiveTests) continue;
      if (field.rule.declarationDefault !== undefined) this.#declaration(field, context);
      else for (const value of valuesOf(node, field.keys)) this.#value(field, value, context);
    }
  }

  #context(node: Node, label: string): StepContext {
    const directoryNode = member(node, 'sDirectory');
    const written = stringOf(directoryNode) ?? '';
    const containerRoot = this.#containerRoot(written);
    const inside = containerRoot === undefined ? undefined : rules.below(written, containerRoot);
    const directory = written.startsWith('/') ? (inside ?? written) : written;
    this.#directory(directoryNode, 'sDirectory', directory);
    return { node, label, directory, containerRoot };
  }

  /** Absolute container paths end with schema 2 (docs/vaibify.md, section 2). */
  #containerRoot(directory: string): string | undefined {
    if (this.version >= 2) return undefined;
    if (this.#repoName !== undefined) return `/workspace/${this.#repoName}`;
    return /^\/workspace\/[^/]+(?=\/)/.exec(directory)?.[0];
  }

  /** vaibify loads no document whose directories lead out (docs/vaibify.md, section 3). */
  #directory(node: Node | undefined, field: string, text = stringOf(node)): void {
    if (node === undefined || text === undefined || text.includes('{')) return;
    const result = toRepoPath(text);
    if (result.ok || result.problem === 'empty' || result.problem === 'stdin') return;
    const severity = field === 'sDirectory' || this.current ? 'error' : 'warning';
    this.findings.push(this.#refused(node, field, { severity, problem: result.problem }));
  }

  #refused(
    node: Node,
    field: string,
    data: { severity: 'error' | 'warning'; problem: PathProblem },
  ) {
    const place = { file: this.#file, span: this.#json.inside(node) };
    return {
      code: 'declared-refused-path',
      name: stringOf(node) ?? '',
      field,
      ...data,
      place,
    } as const;
  }

  /** The declaration that a step of its own kind has, by default under a fixed name. */
  #declaration(field: PathField, context: StepContext): void {
    const kind = member(context.node, 'sStepKind');
    if (kind === undefined || stringOf(kind) !== 'ai-declaration') return;
    const [given] = valuesOf(context.node, field.keys);
    if (given !== undefined && stringOf(given)) this.#value(field, given, context);
    else {
      const text = field.rule.declarationDefault ?? '';
      this.#entry(field, context, { text, span: this.#json.inside(kind) });
    }
  }

  #value(field: PathField, node: Node, context: StepContext): void {
    const text = node.type === 'number' ? rules.pythonNumber(this.#json.raw(node)) : stringOf(node);
    if (text === undefined || text === '') return;
    for (const word of wordsOf(text, field.rule.base)) {
      const span = this.#json.inside(node, word.at, word.at + word.text.length);
      this.#entry(field, context, { text: word.text, span });
    }
  }

  #entry(
    field: PathField,
    context: StepContext,
    { text, span }: { readonly text: string; readonly span: Place['span'] },
  ): void {
    const { role, base } = field.rule;
    const output = base === 'step';
    const migrated = output
      ? rules.migrateOutput(text, context.directory, context.containerRoot)
      : text;
    const path = joinedName(migrated, base, {
      directory: context.directory,
      tokens: this.#tokens,
    });
    this.entries.push({
      role,
      field: field.keys.findLast((key) => key !== '*') ?? '',
      step: context.label,
      text,
      place: { file: this.#file, span },
      verbatim: output ? toRepoPath(migrated) : undefined,
      joined: path === undefined ? undefined : toRepoPath(path),
    });
  }
}

/** The rules 1 to 4 of docs/vaibify.md, section 4; `undefined` where they drop the entry. */
function joinedName(
  text: string,
  base: PathBase,
  {
    directory,
    tokens,
  }: { readonly directory: string; readonly tokens: ReadonlyMap<string, string> },
): string | undefined {
  if (base === 'literal') return rules.stripWorkspace(text);
  if (text.includes('{')) {
    const resolved = base === 'step' ? rules.resolveTokens(text, tokens) : undefined;
    return resolved === undefined ? undefined : rules.stripWorkspace(resolved);
  }
  switch (base) {
    case 'step':
      // An absolute output is kept, for the writer to refuse.
      return text.startsWith('/') ? text : rules.joined(directory, text);
    case 'repo':
      return rules.normpath(text);
    case 'script':
    case 'test-script':
      return rules.joined(directory, text);
    case 'root':
      return rules.stripWorkspace(text);
  }
}

function wordsOf(text: string, base: PathBase): rules.Word[] {
  if (base === 'test-script')
    return rules.testScriptsOf(text).filter((word) => !word.text.includes('{'));
  if (base !== 'script') return [{ text, at: 0 }];
  const script = rules.scriptOf(text);
  return script === undefined ? [] : [script];
}

/** Tokens that are looked up: more top-level strings has no pipeline, and time grows with them. */
const MOST_TOKENS = 256;

function tokensOf(root: Node): Map<string, string> {
  const strings = [...members(root)].flatMap(([key, node]): [string, string][] => {
    const value = stringOf(node);
    return value === undefined ? [] : [[key, value]];
  });
  return new Map(strings.slice(0, MOST_TOKENS));
}

/** The value of a string. */
export const stringOf = (node: Node | undefined): string | undefined =>
  node?.type === 'string' ? String(node.value) : undefined;

/** Truth as Python has it. */
const isTrue = (node: Node): boolean =>
  node.type === 'array' || node.type === 'object'
    ? (node.children?.length ?? 0) > 0
    : Boolean(node.value);

const FALSE_WORDS = new Set(['', 'false', '0', 'no', 'off', 'none', 'null']);

/** The migration to schema 10 reads words so (docs/vaibify.md, section 2). */
function isInteractive(node: Node | undefined): boolean {
  if (node === undefined) return false;
  const text = stringOf(node);
  return text === undefined ? isTrue(node) : !FALSE_WORDS.has(text.trim().toLowerCase());
}
