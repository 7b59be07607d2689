import path from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { parseLock } from '../formats/lock/lock.js';
import { decodeText } from '../model/bytes.js';
import type { Finding } from '../model/finding.js';
import { parentOf, toRepoPath } from '../model/paths.js';
import type { RepoPath } from '../model/paths.js';
import type { Place } from '../model/place.js';
import { sha256 } from '../system/files.js';
import { readInside } from '../system/inside.js';

/** What a lock is generated from. */
export interface LockInput {
  readonly file: RepoPath;
  /** Requirements taken out of a project file, for a tool's standard input. */
  readonly text?: string;
}

/** An input, or every reason why it is not given to a tool. */
export type InputResult =
  | { readonly ok: true; readonly input: LockInput }
  | { readonly ok: false; readonly file?: RepoPath; readonly obstacles: readonly Finding[] };

const LIMIT = 4 << 20;
/** Files that requirements may include, one another or in turn. */
const MOST_INCLUDED = 20;

/**
 * The first of pyproject.toml (one with a `[project]` table), requirements.in and requirements.txt.
 * What would build the project, or read outside of it, is refused before any tool starts.
 */
export async function findInput(root: string): Promise<InputResult> {
  const project = await projectInput(root);
  if (project !== undefined) return project;
  for (const name of ['requirements.in', 'requirements.txt'] as RepoPath[]) {
    const obstacles = await checkRequirements(root, name);
    if (obstacles === undefined) continue;
    if (obstacles.length > 0) return { ok: false, file: name, obstacles };
    return { ok: true, input: { file: name } };
  }
  return { ok: false, obstacles: [{ code: 'lock-input-absent', severity: 'error' }] };
}

async function projectInput(root: string): Promise<InputResult | undefined> {
  const file = 'pyproject.toml' as RepoPath;
  const refuse = (obstacle: Finding): InputResult => ({ ok: false, file, obstacles: [obstacle] });
  const text = await readText(root, file);
  if (text === undefined) return undefined;
  if (typeof text !== 'string') return refuse(text);
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const place = at(file, error.line, error.column);
    const problem = error.message.split('\n', 1)[0] ?? '';
    return refuse({ code: 'lock-input-syntax', severity: 'error', problem, place });
  }
  const project = tableOf(document, 'project');
  // Many projects have one for their linter alone.
  if (project === undefined) return undefined;
  if (listOf(project['dynamic']).includes('dependencies')) {
    return refuse({ code: 'lock-input-dynamic', severity: 'error', place: at(file, 1, 1) });
  }
  const requirements = `${listOf(project['dependencies']).join('\n')}\n`;
  const obstacles = refused(requirements, file).map((finding) => ({
    ...finding,
    place: at(file, 1, 1),
  }));
  if (obstacles.length > 0) return { ok: false, file, obstacles };
  return { ok: true, input: { file, text: requirements } };
}

function tableOf(document: unknown, key: string): Record<string, unknown> | undefined {
  if (typeof document !== 'object' || document === null || !Object.hasOwn(document, key)) {
    return undefined;
  }
  const table = (document as Record<string, unknown>)[key];
  return typeof table === 'object' && table !== null
    ? (table as Record<string, unknown>)
    : undefined;
}

/** The texts of a list, one line each: a line end in one would begin a requirement of its own. */
const listOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.filter((each) => typeof each === 'string').map((each) => each.replace(/\s+/g, ' '))
    : [];

/** Why requirements are not given to a tool; `undefined` when there is no such file. */
async function checkRequirements(root: string, first: RepoPath): Promise<Finding[] | undefined> {
  const obstacles: Finding[] = [];
  const seen = new Set<RepoPath>([first]);
  // A set grows while it is walked.
  for (const file of seen) {
    const text = await readText(root, file);
    if (text === undefined && file === first) return undefined;
    if (text === undefined) continue;
    if (typeof text !== 'string') {
      obstacles.push(text);
      continue;
    }
    obstacles.push(...refused(text, file));
    for (const { included, finding } of includedBy(text, file)) {
      const target = toRepoPath(path.posix.join(parentOf(file), included));
      const leaves = /^[a-z]+:/i.test(included) || path.isAbsolute(included) || !target.ok;
      if (leaves || seen.size > MOST_INCLUDED) obstacles.push(finding);
      else seen.add(target.path);
    }
  }
  return obstacles;
}

/** What in an input no lock could pin, or that would run or send something of the user's. */
const REFUSED = new Set(['lock-source', 'lock-variable', 'lock-line', 'lock-encoding']);

const findingsOf = (text: string, file: RepoPath): readonly Finding[] =>
  parseLock(text, file, sha256(Buffer.from(text))).findings;

const refused = (text: string, file: RepoPath): Finding[] =>
  findingsOf(text, file)
    .filter(({ code }) => REFUSED.has(code))
    .map((finding) => ({ ...finding, severity: 'error' }));

const includedBy = (text: string, file: RepoPath): { included: string; finding: Finding }[] =>
  findingsOf(text, file).flatMap((finding) =>
    finding.code === 'lock-includes' ? [{ included: finding.included, finding }] : [],
  );

async function readText(root: string, file: RepoPath): Promise<string | Finding | undefined> {
  try {
    const bytes = await readInside(root, file, { limit: LIMIT });
    return bytes === undefined ? undefined : decodeText(bytes);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'I/O error';
    return { code: 'lock-input-unreadable', severity: 'error', reason, place: at(file, 1, 1) };
  }
}

function at(file: RepoPath, line: number, column: number): Place {
  return { file, span: { start: { line, column }, end: { line, column } } };
}
