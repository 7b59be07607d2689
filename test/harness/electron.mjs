// Runs the same suites as integration.mjs inside a desktop VS Code.
//   node test/harness/electron.mjs source|vsix|restricted [--vscode latest|min] [--report FILE]
//   node test/harness/electron.mjs --probe        only gets the VS Code
// Says in one line when there is no desktop VS Code, and then ends with exit code 3.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { killGroup, onEnd } from './lib/cleanup.mjs';
import { desktopVscode } from './lib/desktop.mjs';
import { OUT, VSIX } from './lib/paths.mjs';
import { summary } from './lib/report.mjs';
import { cleanEnv, makeState } from './lib/state.mjs';
import { ENTRY, MODES, exitCodeIn, follow, freshReport, prepareSuite } from './lib/suites.mjs';

const TIMEOUT = 240_000;
const WINDOWS = process.platform === 'win32';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    vscode: { type: 'string', default: 'latest' },
    report: { type: 'string' },
    probe: { type: 'boolean', default: false },
  },
});
const mode = /** @type {import('./lib/suites.mjs').Mode} */ (positionals[0] ?? 'source');
const version = /** @type {import('./lib/paths.mjs').Version} */ (values.vscode);
if (!MODES.includes(mode)) throw new Error(`no mode '${mode}': use ${MODES.join(', ')}`);
const report = values.report ?? path.join(OUT, `reports/electron-${mode}-${version}.jsonl`);

const desktop = await desktopVscode(version);
if ('why' in desktop) {
  console.log(desktop.why);
  // a download that was given up may still hang
  process.exit(3);
}
if (values.probe) process.exit(0);
freshReport(report);
const stopFollowing = follow(report);
const trouble = await runInDesktop(desktop).catch((error) => String(error.stack));
stopFollowing();
const { passed, failed, failures, pending } = summary(report, trouble);
if (failures.includes(trouble)) console.error(trouble);
console.log(`  ${passed} passed, ${failed} failed, ${pending.length} pending`);
process.exit(failed > 0 ? 1 : 0);

/** @param {import('./lib/desktop.mjs').Desktop} desktop */
async function runInDesktop({ executable, wrapper }) {
  const state = makeState();
  try {
    const { workspace, env, done, development } = prepareSuite(mode, state, report);
    if (mode !== 'source') install(executable, state);
    const args = [
      workspace,
      ...stateArgs(state),
      ...['--no-sandbox', '--disable-gpu', '--disable-updates', '--skip-welcome'],
      ...['--skip-release-notes', '--disable-telemetry'],
      `--extensionDevelopmentPath=${development}`,
    ];
    const tested = [`--extensionTestsPath=${ENTRY}`, '--disable-workspace-trust'];
    if (mode !== 'restricted') args.push(...tested);
    const [command, ...rest] = [...wrapper, executable, ...args];
    return await outcome(spawnVscode(command, rest, { ...cleanEnv(state), ...env }), done);
  } finally {
    state.dispose();
  }
}

/** @param {import('./lib/state.mjs').State} state */
function stateArgs(state) {
  return [`--user-data-dir=${state.userData}`, `--extensions-dir=${state.extensions}`];
}

/** @param {string} executable @param {import('./lib/state.mjs').State} state */
function install(executable, state) {
  const electron = createRequire(import.meta.url)('@vscode/test-electron');
  const command = electron.resolveCliPathFromVSCodeExecutablePath(executable);
  const args = ['--no-sandbox', '--install-extension', VSIX, ...stateArgs(state)];
  const quoted = WINDOWS ? args.map((arg) => `"${arg}"`) : args;
  const done = spawnSync(WINDOWS ? `"${command}"` : command, quoted, {
    env: cleanEnv(state),
    encoding: 'utf8',
    shell: WINDOWS, // a batch file there
  });
  if (done.status !== 0) throw new Error(`the .vsix was not installed:\n${done.stderr}`);
}

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env */
function spawnVscode(command, args, env) {
  const child = spawn(command, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !WINDOWS,
  });
  onEnd(() => killGroup(child.pid));
  if (process.env['HARNESS_VERBOSE']) {
    for (const stream of [child.stdout, child.stderr]) stream.pipe(process.stderr);
  } else {
    for (const stream of [child.stdout, child.stderr]) stream.resume();
  }
  return child;
}

/**
 * What went wrong besides the tests; undefined when nothing did.
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} done
 */
async function outcome(child, done) {
  /** @type {{ code?: number | string }} */
  const exit = {};
  child.once('error', (error) => (exit.code = error.message));
  child.once('exit', (code, signal) => (exit.code = code ?? signal ?? 'unknown'));
  let code;
  for (const end = Date.now() + TIMEOUT; code === undefined && Date.now() < end;) {
    await sleep(200);
    code = exitCodeIn(done) ?? exit.code;
  }
  killGroup(child.pid);
  if (code === 0) return undefined;
  return code === undefined ? `no result within ${TIMEOUT / 1000} s` : `VS Code ended with ${code}`;
}
