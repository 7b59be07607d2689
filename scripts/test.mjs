// `npm test`: everything that can be checked on this machine, from a fresh clone on. The last line is the sum.
//   npm test -- --only unit|source|vsix|restricted|e2e|electron   one kind of tests, without the checks
//   npm test -- --vscode latest|min                               one VS Code instead of both
// Node built-ins only, until installTools() and installHarness() have run.
import * as fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { installComponents, installDriver, installHarness } from '../test/harness/install.mjs';
import { HARNESS, HAS_SERVER, NO_SERVER, OUT, ROOT, VERSIONS } from '../test/harness/lib/paths.mjs';
import { summary } from '../test/harness/lib/report.mjs';
import { node, npmRun } from './lib/process.mjs';
import { Results } from './lib/results.mjs';
import { build, installTools, packageVsix } from './lib/setup.mjs';

const KINDS = ['unit', 'source', 'vsix', 'restricted', 'e2e', 'electron'];
const IN_HOST = ['source', 'vsix', 'restricted'];
/** What is not done by then hangs: engines, registries and sandboxes are slow on a busy machine. */
const MOST_MINUTES = 40;
/** electron.mjs ends with it when there is no desktop VS Code. */
const NO_DESKTOP = 3;

const { only, versions } = readOptions();
const results = new Results();

async function main() {
  try {
    installTools();
    const inServer = wants('source') || wants('vsix') || wants('restricted') || wants('e2e');
    if (inServer) installHarness(versions);
    else installDriver();
    if (wants('unit')) installComponents();
    await everything();
  } catch (error) {
    console.error(error.message);
    results.add('the run itself', performance.now(), cutOff(error.message));
  }
  return results.finish();
}

async function everything() {
  if (!only) await checks();
  heading('build');
  await build({ tests: true });
  if (wants('unit')) await unit();
  if (only === 'unit') return;
  await packageVsix();
  if (!HAS_SERVER) results.notRun('suites in the VS Code server, end to end', NO_SERVER);
  for (const version of HAS_SERVER ? versions : []) {
    for (const mode of IN_HOST.filter(wants)) await inHost(mode, version);
    if (wants('e2e')) await endToEnd(version);
  }
  if (wants('electron')) await inDesktop();
}

/** Typecheck, lint and format, each as package.json has it; together, since each uses one core. */
async function checks() {
  heading('typecheck, lint, format');
  const all = { typecheck: 'typecheck', lint: 'lint', format: 'format:check' };
  await Promise.all(
    Object.entries(all).map(async ([name, script]) => {
      const started = performance.now();
      const { code, said } = await npmRun(script, { quiet: true });
      console.log(code === 0 ? `  ✔ ${name}` : `  ✖ ${name}\n${said}`);
      results.check(name, started, code === 0);
    }),
  );
}

const unit = () => mocha('unit', 'unit', {});

/** @param {string} version */
const endToEnd = (version) =>
  mocha(`e2e [${version}]`, 'e2e', {
    REPROLENS_VSCODE: version,
    REPROLENS_HARNESS: pathToFileURL(path.join(HARNESS, 'lib/e2e.mjs')).href,
  });

/**
 * mocha in plain Node, on out/test/<folder>.
 * @param {string} name
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function mocha(name, folder, env) {
  await recorded(name, (report) =>
    node(
      [
        path.join(ROOT, 'node_modules/mocha/bin/mocha.js'),
        ...['--reporter', path.join(HARNESS, 'reporter.cjs')],
        ...['--timeout', folder === 'e2e' ? '60000' : '20000'],
        // a failed test may have left its workbench open; it is closed when the process exits
        ...(folder === 'e2e' ? ['--exit'] : []),
        ...(process.env['CI'] ? ['--forbid-only'] : []),
        ...(process.env['REPROLENS_TEST_GREP']
          ? ['--grep', process.env['REPROLENS_TEST_GREP']]
          : []),
        `out/test/${folder}/**/*.test.js`,
      ],
      { env: { ...env, REPROLENS_TEST_REPORT: report }, minutes: MOST_MINUTES },
    ),
  );
}

/** @param {string} mode @param {string} version */
async function inHost(mode, version) {
  const script = path.join(HARNESS, 'integration.mjs');
  await recorded(`${mode} [${version}]`, (report) =>
    node([script, mode, '--vscode', version, '--report', report]),
  );
}

/** The same suites in a desktop VS Code, where there is one. */
async function inDesktop() {
  const script = path.join(HARNESS, 'electron.mjs');
  for (const version of versions) {
    const probe = await node([script, '--probe', '--vscode', version], { quiet: true });
    if (probe.code === NO_DESKTOP) {
      results.notRun('suites in a desktop VS Code', probe.said.trim());
      return;
    }
    for (const mode of IN_HOST) {
      await recorded(`electron ${mode} [${version}]`, (report) =>
        node([script, mode, '--vscode', version, '--report', report]),
      );
    }
  }
}

/**
 * A run of tests, counted by its record and not by its exit code alone.
 * @param {string} name
 * @param {(report: string) => ReturnType<typeof node>} start
 */
async function recorded(name, start) {
  heading(name);
  const started = performance.now();
  const report = path.join(OUT, 'reports', `${name.replace(/\W+/g, '-')}.jsonl`);
  fs.mkdirSync(path.dirname(report), { recursive: true });
  fs.writeFileSync(report, '');
  const { code, hung } = await start(report);
  const trouble = hung ? 'it did not end' : `it ended with exit code ${code}`;
  results.add(name, started, summary(report, code === 0 ? undefined : trouble));
}

/** @param {string} kind */
function wants(kind) {
  return !only || only === kind;
}

/** @param {string} title */
function heading(title) {
  console.log(`\n== ${title}`);
}

/** @param {string} why */
function cutOff(why) {
  return { passed: 0, failed: 1, failures: [why], pending: [] };
}

function readOptions() {
  const options = { only: { type: 'string' }, vscode: { type: 'string' } };
  const { values } = parseArgs({ options });
  const chosen = values.vscode ? [values.vscode] : VERSIONS;
  const wrong =
    (values.only && !KINDS.includes(values.only) && `--only ${KINDS.join('|')}`) ||
    (!chosen.every((version) => VERSIONS.includes(version)) && `--vscode ${VERSIONS.join('|')}`);
  if (wrong) {
    console.error(`usage: npm test -- ${wrong}`);
    process.exit(2);
  }
  return { only: values.only, versions: chosen };
}

process.exitCode = await main();
