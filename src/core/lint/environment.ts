/** Variables that a plan should fix (docs/nondeterminism.md, section 1). */
import type { ShellCommand } from '../formats/shell/shell.js';
import type { Finding } from '../model/finding.js';
import type { Fix } from '../model/fix.js';
import type { BuildPlan } from '../model/plan.js';
import type { Span } from '../model/span.js';
import { nameOf, own } from './shell/scope.js';
import type { Scope } from './shell/scope.js';

/** The values that are put in. */
const VALUES: Readonly<Record<string, string>> = {
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
  SOURCE_DATE_EPOCH: '"1672531200"',
  PYTHONHASHSEED: '"0"',
};

/** Programs that write the time of the build unless the variable is set. */
const DATED: ReadonlySet<string> = new Set(
  (
    'dpkg-buildpackage debuild rpmbuild mksquashfs mkisofs xorriso genisoimage sphinx-build pdflatex ' +
    'xelatex lualatex latexmk texi2pdf asciidoctor doxygen pandoc'
  ).split(' '),
);

/** What the environment of a plan leaves to the machine, given all commands that the plan runs. */
export function environmentFindings(plan: BuildPlan, scopes: readonly Scope[]): Finding[] {
  if (plan.steps.every(({ kind }) => kind === 'skipped')) return [];
  const isSet = (name: string): boolean =>
    plan.environment.some((each) => each.name === name) ||
    scopes.some((scope) => scope.variable(name) !== undefined);
  const runs = (test: (command: ShellCommand) => boolean): boolean =>
    scopes.some(({ commands }) => commands.some(test));
  const needed = [...['LC_ALL', 'TZ'], ...(runs(isPython) ? ['PYTHONHASHSEED'] : [])].filter(
    (name) => !isSet(name),
  );
  const dated = !isSet('SOURCE_DATE_EPOCH') && runs(isDated);
  // One edit makes `environment`, and two of them would make it twice.
  if (plan.environment.length === 0 && !plan.keys.has('environment')) {
    const names = dated ? [...needed, 'SOURCE_DATE_EPOCH'] : needed;
    return names.length === 0 ? [] : [finding(plan, names, dated)];
  }
  return [
    ...needed.map((name) => finding(plan, [name], false)),
    ...(dated ? [finding(plan, ['SOURCE_DATE_EPOCH'], true)] : []),
  ];
}

function finding(plan: BuildPlan, variables: readonly string[], dated: boolean): Finding {
  const key =
    plan.keys.get('environment') ?? plan.keys.get('steps') ?? plan.keys.get('build_steps');
  const fix = fixOf(plan, variables);
  return {
    code: 'lint-environment',
    variables,
    severity: dated ? 'warning' : 'info',
    ...(fix === undefined ? {} : { fix }),
    ...(key === undefined ? {} : { place: { file: plan.file, span: key } }),
  };
}

/** Lines before the first variable, or a new block before the first key; only where lines are blocks. */
function fixOf(plan: BuildPlan, variables: readonly string[]): Fix | undefined {
  const lines = variables.map((name) => `${name}: ${VALUES[name] ?? '""'}`);
  const [first, second] = plan.environment;
  const key = plan.keys.get('environment');
  if (first !== undefined && key !== undefined) {
    const { start } = first.nameSpan;
    const isBlock = start.line > key.end.line && second?.nameSpan.start.line !== start.line;
    const indent = ' '.repeat(start.column - 1);
    return isBlock ? insert(start, lines.map((line) => `${line}\n${indent}`).join('')) : undefined;
  }
  const [top] = [...plan.keys.values()].sort((a, b) => a.start.line - b.start.line);
  if (key !== undefined || top?.start.column !== 1) return undefined;
  return insert(top.start, `environment:\n${lines.map((line) => `  ${line}\n`).join('')}`);
}

const insert = (at: Span['start'], replacement: string): Fix => ({
  edits: [{ span: { start: at, end: at }, replacement }],
});

/** A program of the plan's own, not the installer. */
function isPython(command: ShellCommand): boolean {
  if (!/^python[\d.]*$/.test(nameOf(command))) return false;
  const words = own(command).map(({ text }) => text);
  return words.length > 1 && !words.includes('pip') && !words.includes('--version');
}

function isDated(command: ShellCommand): boolean {
  const name = nameOf(command);
  const words = own(command).map(({ text }) => text);
  const asks = [...command.words, ...command.assignments.map(({ word }) => word)].some(
    ({ variables }) => variables.some((each) => each.name === 'SOURCE_DATE_EPOCH'),
  );
  if (asks || DATED.has(name)) return true;
  if (/^(?:docker|podman|buildah)$/.test(name))
    return words.some((each) => /^bu(?:il)?d$/.test(each));
  if (/^(?:poetry|flit|hatch|uv)$/.test(name)) return words[1] === 'build';
  if (/^pip[\d.]*$/.test(name)) return words[1] === 'wheel';
  if (!/^python[\d.]*$/.test(name)) return false;
  const isModule = words[1] === '-m' && words[2] === 'build';
  return isModule || words.some((each) => /^(?:sdist|bdist\w*)$/.test(each));
}
