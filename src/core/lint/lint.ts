/** What in a plan, and in the files that it runs, makes two builds differ (docs/nondeterminism.md). */
import { execWords } from '../formats/dockerfileArguments.js';
import { wordsFindings } from '../formats/dockerfileCommands.js';
import { parseDockerfile } from '../formats/dockerfile.js';
import { dockerfileLines } from '../formats/dockerfileLines.js';
import type { PiecedText } from '../formats/dockerfilePieces.js';
import type { CalledKind } from '../formats/planCalls.js';
import { parseShell } from '../formats/shell.js';
import type { ShellScript } from '../formats/shell.js';
import type { Sha256 } from '../model/digest.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import type { BuildPlan, PlanStep, PlanText } from '../model/plan.js';
import { LineIndex } from '../model/span.js';
import { environmentFindings } from './environment.js';
import type { Hit } from './hit.js';
import { makeToShell } from './make.js';
import { fileGround, placeHit, planGround } from './place.js';
import { pythonHits } from './python.js';
import { Scope } from './scope.js';
import type { Variables } from './scope.js';
import { commandHits, shellHits } from './shell.js';

/** A file of the repository that a step runs. */
export interface LintFile {
  readonly file: RepoPath;
  readonly kind: CalledKind;
  readonly text: string;
  readonly digest: Sha256;
}

/** Findings of a plan and its files that are told; of more, nobody reads the last. */
const MOST_FINDINGS = 500;

/** All that is found before anything is built. Pure; places are those of the files as they are given. */
export function lintPlan(plan: BuildPlan, files: readonly LintFile[]): Finding[] {
  const environment: Variables = new Map(
    plan.environment.map(({ name, value }) => [name, value.text]),
  );
  const scopes = [
    ...plan.steps.map((step) => new Scope(scriptOf(step), environment)),
    ...files.filter(isShell).map(({ text }) => new Scope(parseShell(text), environment)),
  ];
  return [
    ...environmentFindings(plan, scopes),
    ...plan.steps.flatMap((step) => stepFindings(step, plan.file, environment)),
    ...files.flatMap((file) => lintFile(file, environment)),
  ].slice(0, MOST_FINDINGS);
}

const isShell = ({ kind }: LintFile): boolean => kind === 'shell';

/** What is found in one file. `environment`: the variables that are set around it. */
export function lintFile(file: LintFile, environment: Variables = new Map()): Finding[] {
  const { file: name, kind, text } = file;
  const ground = fileGround(name, text);
  switch (kind) {
    case 'shell':
      return shellHits(text, environment).map((each) => placeHit(each, ground));
    case 'python':
      return pythonHits(text).map((each) => placeHit(each, ground));
    case 'make': {
      const write = (replacement: string): string => replacement.replaceAll('$', '$$$$');
      const hits = shellHits(makeToShell(text), environment);
      return hits.map((each) => placeHit(each, { ...ground, write }));
    }
    case 'dockerfile':
      return [...parseDockerfile(text, name, file.digest).findings, ...runFindings(text, name)];
  }
}

/** What the `RUN` lines of a Dockerfile do; what they install is said by its reader. */
function runFindings(text: string, file: RepoPath): Finding[] {
  const lines = new LineIndex(text);
  const { instructions } = dockerfileLines(text);
  return instructions.flatMap(({ keyword, rest }) => {
    if (keyword !== 'RUN') return [];
    const flags = /^(?:--\S+\s+)*/.exec(rest.text)?.[0].length ?? 0;
    const command: PiecedText = rest.from(flags);
    const words = execWords(command.text);
    const hits =
      words === undefined
        ? commandHits(parseShell(command.text), new Map())
        : // Their places are those of JSON, quotes and escapes included.
          commandHits(commandOf(words), new Map());
    const span = (start: number, end: number) => command.span(lines, start, end);
    const write = (replacement: string) => (words === undefined ? replacement : undefined);
    return hits.map((each) => placeHit(each, { file, span, write }));
  });
}

function stepFindings(step: PlanStep, file: RepoPath, environment: Variables): Finding[] {
  switch (step.kind) {
    case 'shell': {
      const ground = planGround(file, step.script);
      return shellHits(step.script.text, environment).map((each) => placeHit(each, ground));
    }
    case 'exec': {
      const text = joined(step.words);
      // An option would have to become a member of the list.
      const ground = { ...planGround(file, text), write: () => undefined };
      const packages = wordsFindings(placesOf(step.words), (name) => environment.get(name));
      const hits = [
        ...commandHits(scriptOf(step), environment),
        ...packages.map((each): Hit => ({ ...each, edits: [] })),
      ];
      return hits.map((each) => placeHit(each, ground));
    }
    case 'skipped':
      return [];
  }
}

/** The commands of a step. */
export function scriptOf(step: PlanStep): ShellScript {
  if (step.kind === 'shell') return parseShell(step.script.text);
  return step.kind === 'exec' ? commandOf(placesOf(step.words)) : { commands: [], heredocs: [] };
}

interface Placed {
  readonly inner?: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** One command whose words are given as they are: nothing in them is read by a shell. */
function commandOf(words: readonly Placed[]): ShellScript {
  const own = words.map((word) => ({
    ...word,
    glob: false,
    variables: [],
  }));
  const command = { assignments: [], words: own, redirects: [], pipeline: 0 };
  return { commands: [command], heredocs: [] };
}

/** Words side by side, one unit between them. */
function placesOf(words: readonly PlanText[]): Placed[] {
  let start = 0;
  return words.map(({ text }) => {
    const placed = { text, start, inner: start, end: start + text.length };
    start = placed.end + 1;
    return placed;
  });
}

/** All words as one text that knows where each of them stands. */
function joined(words: readonly PlanText[]): PlanText {
  const places = placesOf(words);
  const stretches = words.flatMap((word, index) => {
    const by = places[index]?.start ?? 0;
    return word.stretches.map(({ start, at }) => ({ start: start + by, at }));
  });
  const start = words[0]?.span.start ?? { line: 1, column: 1 };
  const end = words.at(-1)?.span.end ?? start;
  const text = words.map((word) => word.text).join(' ');
  return { text, span: { start, end }, style: 'plain', stretches };
}
