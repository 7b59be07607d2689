/** The files that the steps of a plan run, as far as they are named plainly. */
import { baseName, program } from '../container/packages.js';
import { destinationOf, planPath } from '../../model/plan.js';
import type { BuildPlan } from '../../model/plan.js';
import type { RepoPath } from '../../model/paths.js';
import type { ShellCommand } from '../shell/shell.js';
import type { ShellWord } from '../shell/words.js';

/** How a file is read. */
export type CalledKind = 'shell' | 'python' | 'make' | 'dockerfile';

/** A file that a command runs: below the workspace, or not a file that is known. */
export interface Called {
  readonly path: RepoPath;
  readonly kind: CalledKind;
}

const SHELL = /^(?:ba|da|a|z|k)?sh$/;
const PYTHON = /^python[\d.]*$/;
const MAKE = /^g?make$/;
const ENGINE = /^(?:docker|podman|buildah)$/;
const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];

/**
 * Files that commands run, one after the other; `cd` is followed where it names a directory plainly.
 * @param directory Where they start, below the workspace.
 */
export function calledBy(commands: readonly ShellCommand[], directory = ''): Called[] {
  let here: string | undefined = directory;
  return commands.flatMap((command) => {
    const [first, ...rest] = program(command.words);
    if (first === undefined) return [];
    if (first.text === 'cd' && command.parent === undefined) {
      const to = rest[0]?.text ?? '';
      here = here === undefined || !isPlain(to) ? undefined : below(here, to);
      return [];
    }
    const from = here;
    if (from === undefined) return [];
    return calledNames(first, rest).flatMap(([name, kind]) => {
      const path = isPlain(name) ? below(from, name) : undefined;
      return path === undefined || path === '' ? [] : [{ path: path, kind }];
    });
  });
}

/** Without variables, patterns and tokens. */
const isPlain = (name: string): boolean => name !== '' && !/[$`*?{}[\]\0]/.test(name);

function below(directory: string, name: string): RepoPath | '' | undefined {
  const path = planPath(name.startsWith('/') || directory === '' ? name : `${directory}/${name}`);
  return path.ok ? path.path : undefined;
}

function calledNames(first: ShellWord, rest: readonly ShellWord[]): [string, CalledKind][] {
  const name = baseName(first);
  if (SHELL.test(name)) return script(rest, 'shell');
  if (PYTHON.test(name)) return script(rest, 'python');
  if (name === '.' || name === 'source') return script(rest, 'shell');
  if (MAKE.test(name)) return makefiles(rest);
  if (ENGINE.test(name)) return dockerfiles(rest);
  if (!first.text.includes('/')) return [];
  if (name.endsWith('.py')) return [[first.text, 'python']];
  return /\.(?:sh|bash)$|^[^.]+$/.test(name) ? [[first.text, 'shell']] : [];
}

/** The first word that is no option; none behind `-c` and `-m`. */
function script(words: readonly ShellWord[], kind: CalledKind): [string, CalledKind][] {
  for (const { text } of words) {
    if (!text.startsWith('-')) return [[text, kind]];
    if (/^-[a-z]*[cm]$/.test(text)) return [];
  }
  return [];
}

/** The value of an option, glued to it or in the next word. */
function valueOf(words: readonly ShellWord[], option: RegExp): string | undefined {
  const at = words.findIndex(({ text }) => option.test(text));
  const glued = words[at]?.text.replace(option, '') ?? '';
  return at < 0 ? undefined : glued === '' ? words[at + 1]?.text : glued;
}

function makefiles(words: readonly ShellWord[]): [string, CalledKind][] {
  const directory = valueOf(words, /^(?:-C|--directory=?)/);
  const file = valueOf(words, /^(?:-f|--(?:make)?file=?)/);
  const names = file === undefined ? MAKEFILES : [file];
  return names.map((name) => [directory === undefined ? name : `${directory}/${name}`, 'make']);
}

function dockerfiles(words: readonly ShellWord[]): [string, CalledKind][] {
  const verb = words.findIndex(({ text }) => text === 'build' || text === 'bud');
  if (verb < 0) return [];
  const rest = words.slice(verb + 1);
  const file = valueOf(rest, /^(?:-f|--file=?)/);
  if (file !== undefined) return [[file, 'dockerfile']];
  const context = rest.at(-1)?.text ?? '.';
  return [[context === '.' ? 'Dockerfile' : `${context}/Dockerfile`, 'dockerfile']];
}

/**
 * Where a file of the workspace may come from, the likeliest first: of sources that are copied to one
 * place, the last one stays.
 */
export function originsOf({ sources }: BuildPlan, file: RepoPath): RepoPath[] {
  return sources.toReversed().flatMap((source) => {
    const from = planPath(source.path.text);
    const to = destinationOf(source);
    if (!from.ok || !to.ok) return [];
    if (file === to.path) return from.path === '' ? [] : [from.path];
    const base = to.path === '' ? '' : `${to.path}/`;
    if (!file.startsWith(base)) return [];
    const origin = planPath(`${from.path === '' ? '.' : from.path}/${file.slice(base.length)}`);
    return origin.ok && origin.path !== '' ? [origin.path] : [];
  });
}
