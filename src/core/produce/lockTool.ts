import path from 'node:path';
import { redacted } from '../formats/lock/redact.js';
import type { LockEntry } from '../model/envelope.js';
import type { Finding } from '../model/finding.js';
import { readBytes, writeAtomic } from '../system/files.js';
import { environmentOf, run } from '../system/processes.js';
import type { RunResult } from '../system/processes.js';
import { makeDirectory } from '../system/temporary.js';
import { NETWORK } from '../verify/dependenciesConfig.js';
import type { Python } from '../verify/dependenciesPython.js';
import type { LockInput } from './lockInput.js';
import { resolveWithPip } from './lockPip.js';

/** One generation of a lock. */
export interface Generation {
  readonly root: string;
  readonly input: LockInput;
  /** Entries of the lock that is replaced: its versions stay where they still fit. */
  readonly old: readonly LockEntry[];
  /** A directory that is thrown away. */
  readonly directory: string;
  /** The interpreter that was found; absent when there is none. */
  readonly python: Python | undefined;
  /** Whether the user has named it. */
  readonly chosen: boolean;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onOutput?: ((text: string) => void) | undefined;
}

/** What a tool made, or why it made nothing. */
export type Generated =
  | { readonly ok: true; readonly tool: string; readonly text: string }
  | { readonly ok: false; readonly tool?: string; readonly obstacles: readonly Finding[] };

/** A compiler of requirements: how it is started, and how it names itself. */
interface Compiler {
  readonly label: string;
  readonly command: string;
  readonly before: readonly string[];
  readonly kind: 'uv' | 'pip-compile';
}

const ASK_MS = 60_000;
/** Runs a module as `-m` does, without the current directory, where a uv.py of the project may lie. */
const MODULE =
  'import sys;sys.path[:]=[p for p in sys.path if p];import runpy;runpy.run_module(sys.argv.pop(1),run_name="__main__",alter_sys=True)';

/** Generates with uv, else with pip-tools, else with pip's own resolver. */
export async function generate(work: Generation): Promise<Generated> {
  const compiler = await findCompiler(work);
  work.signal?.throwIfAborted();
  if (compiler !== undefined) return await compile(compiler, work);
  if (work.python === undefined) return absent();
  return (await resolveWithPip(work.python, work)) ?? absent();
}

const absent = (): Generated => ({
  ok: false,
  obstacles: [{ code: 'lock-tool-absent', severity: 'error' }],
});

async function findCompiler({
  python,
  directory,
  signal,
}: Generation): Promise<Compiler | undefined> {
  const cwd = path.join(directory, 'cwd');
  await makeDirectory(cwd);
  const module = (name: string): string[] => ['-c', MODULE, name];
  const candidates = [
    { kind: 'uv', command: 'uv', before: [] },
    ...(python === undefined
      ? []
      : [{ kind: 'uv', command: python.executable, before: module('uv') } as const]),
    { kind: 'pip-compile', command: 'pip-compile', before: [] },
    ...(python === undefined
      ? []
      : [
          {
            kind: 'pip-compile',
            command: python.executable,
            before: [...module('piptools'), 'compile'],
          } as const,
        ]),
  ] as const;
  for (const candidate of candidates) {
    const { command, before, kind } = candidate;
    const env = environmentOf([], { PYTHONSAFEPATH: '1' });
    const asked = { cwd, env, timeoutMs: ASK_MS, signal };
    const ran = await run(command, [...before, '--version'], asked);
    const version = VERSION[kind].exec(ran.stdout)?.[1];
    if (ran.status === 0 && version !== undefined)
      return { ...candidate, label: `${kind} ${version}` };
  }
  return undefined;
}

const VERSION = { uv: /^uv (\d[\w.]*)/, 'pip-compile': /version (\d[\w.]*)/ } as const;

/** Beyond what vaibify passes: no index in the lock, since that may hold a password. */
const ARGUMENTS = {
  uv: ['pip', 'compile', '--generate-hashes', '--quiet'],
  'pip-compile': [
    ...['--generate-hashes', '--quiet', '--allow-unsafe'],
    ...['--no-emit-index-url', '--no-emit-trusted-host'],
  ],
} as const;

async function compile(compiler: Compiler, work: Generation): Promise<Generated> {
  const { directory, timeoutMs, signal } = work;
  const out = path.join(directory, 'requirements.lock');
  await writeAtomic(out, Buffer.from(seed(work.old)));
  const ran = await start(compiler, work, out);
  signal?.throwIfAborted();
  if (ran.outcome === 'timed-out') return toolFailed(compiler.label, timedOut(timeoutMs));
  if (ran.status !== 0) return toolFailed(compiler.label, ran.stderr);
  const made = await readBytes(out, { limit: LOCK_LIMIT }).catch(() => undefined);
  const text = Buffer.from(made ?? []).toString('utf8');
  // A tool may end well and write nothing.
  if (made === undefined || text.includes(SEED)) return toolFailed(compiler.label, '');
  return { ok: true, tool: compiler.label, text: text.replaceAll(out, 'requirements.lock') };
}

const timedOut = (timeoutMs: number): string => `it did not end in ${timeoutMs / 1000} s`;

const SEED = '# versions to keep where they fit';

/** Both tools keep the versions that stand in their output; nothing else of the old lock is given. */
function seed(old: readonly LockEntry[]): string {
  const lines = old.flatMap(({ name, version, marker, url, digests }) => {
    if (version === undefined || url !== undefined) return [];
    const hashes = digests.map((digest) => ` \\\n    --hash=sha256:${digest}`).join('');
    return [`${name}==${version}${marker === undefined ? '' : ` ; ${marker}`}${hashes}\n`];
  });
  return `${SEED}\n${lines.join('')}`;
}

function start(compiler: Compiler, work: Generation, out: string): Promise<RunResult> {
  const { kind, command, before } = compiler;
  const { input, onOutput, timeoutMs, signal } = work;
  const python = kind === 'uv' && work.chosen ? ['--python', work.python?.executable ?? ''] : [];
  const source = input.text === undefined ? input.file : '-';
  const name = kind === 'uv' ? 'uv pip compile' : kind;
  const shown = `${name} --generate-hashes ${input.file} -o requirements.lock`;
  return run(command, [...before, ...ARGUMENTS[kind], ...python, source, '-o', out], {
    cwd: work.root,
    env: compilerEnvironment(shown),
    timeoutMs,
    signal,
    ...(input.text === undefined ? {} : { input: Buffer.from(input.text) }),
    ...(onOutput === undefined ? {} : { onOutput }),
  });
}

const LOCK_LIMIT = 64 << 20;
const MOST_MESSAGE = 600;

/** A failure in the tool's own words, the last of them. */
export function toolFailed(tool: string, said: string): Generated {
  const lines = redacted(said)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const message = lines.join(' ').slice(-MOST_MESSAGE);
  return {
    ok: false,
    tool,
    obstacles: [{ code: 'lock-tool-failed', severity: 'error', tool, message }],
  };
}

/** The user's indexes; and the command for the header, since the true one names a temporary file. */
function compilerEnvironment(command: string): Record<string, string> {
  const settings = Object.keys(process.env).filter((name) => /^(?:PIP|UV)_/i.test(name));
  const places = [
    'XDG_CONFIG_HOME',
    'XDG_CONFIG_DIRS',
    'XDG_CACHE_HOME',
    'APPDATA',
    'LOCALAPPDATA',
  ];
  return environmentOf([...NETWORK, ...places, 'VIRTUAL_ENV', ...settings], {
    CUSTOM_COMPILE_COMMAND: command,
    UV_CUSTOM_COMPILE_COMMAND: command,
    NO_COLOR: '1',
    PIP_NO_INPUT: '1',
    PYTHONSAFEPATH: '1',
  });
}
