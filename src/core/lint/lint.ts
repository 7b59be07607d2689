/** What in a plan, and in the files that it runs, makes two builds differ (docs/nondeterminism.md). */
import { execList } from '../formats/dockerfile/exec.js';
import { wordsFindings } from '../formats/dockerfile/commands.js';
import { parseDockerfile } from '../formats/dockerfile/dockerfile.js';
import { dockerfileLines, runCommand } from '../formats/dockerfile/lines.js';
import type { CalledKind } from '../formats/plan/calls.js';
import { parseShell } from '../formats/shell/shell.js';
import type { ShellScript } from '../formats/shell/shell.js';
import type { Sha256 } from '../model/digest.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import type { BuildPlan, PlanStep } from '../model/plan.js';
import { LineIndex } from '../model/span.js';
import { withFixes } from './network/dockerfileFixes.js';
import { environmentFindings } from './environment.js';
import { listGround, placesOf } from './lists/lists.js';
import { commandOf, textOf } from './lists/script.js';
import { wildcardHits } from './archives/wildcard.js';
import { makeToShell } from './shell/make.js';
import { packageHits } from './network/packages.js';
import { fileGround, placeHit, planGround, textGround } from './place.js';
import { pythonHits } from './python/python.js';
import { readingOf } from './shell/reading.js';
import { Scope } from './shell/scope.js';
import type { Variables } from './shell/scope.js';
import { commandHits, shellHits } from './shell/shell.js';

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
      const doubled = fileGround(name, text, (put) => put.replaceAll('$', '$$$$'));
      const hits = shellHits(makeToShell(text), environment, { isMake: true });
      return [
        ...hits.map((each) => placeHit(each, doubled)),
        ...wildcardHits(text).map((each) => placeHit(each, ground)),
      ];
    }
    case 'dockerfile':
      return [
        ...withFixes(text, name, parseDockerfile(text, name, file.digest).findings),
        ...runFindings(text, name),
      ];
  }
}

/** What the `RUN` lines of a Dockerfile do; what they install is said by its reader. */
function runFindings(text: string, file: RepoPath): Finding[] {
  const lines = new LineIndex(text);
  const { instructions } = dockerfileLines(text);
  return instructions.flatMap((instruction) => {
    if (instruction.keyword !== 'RUN') return [];
    const command = runCommand(instruction);
    const exec = execList(command, lines);
    const ground =
      exec === undefined
        ? textGround(file, (start, end) => command.span(lines, start, end))
        : listGround(file, exec);
    const script = exec === undefined ? parseShell(command.text) : commandOf(placesOf(exec.words));
    return commandHits(script, new Map()).map((each) => placeHit(each, ground));
  });
}

function stepFindings(step: PlanStep, file: RepoPath, environment: Variables): Finding[] {
  switch (step.kind) {
    case 'shell': {
      const ground = planGround(file, step.script);
      const hits = shellHits(step.script.text, environment, readingOf(step.script));
      return hits.map((each) => placeHit(each, ground));
    }
    case 'exec': {
      const ground = listGround(file, step);
      const words = placesOf(step.words);
      const packages = wordsFindings(words, (name) => environment.get(name));
      const hits = [
        ...commandHits(scriptOf(step), environment),
        ...packageHits(textOf(words), commandOf(words), packages),
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
