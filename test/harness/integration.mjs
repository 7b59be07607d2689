// Runs mocha suites INSIDE the extension host of a real VS Code, and ends with their result.
//   node test/harness/integration.mjs source|vsix|restricted [--vscode latest|min] [--report FILE]
// $REPROLENS_TEST_GREP chooses tests; $HARNESS_VERBOSE=1 shows the server and the page's console.
import * as fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBrowser } from './lib/browser.mjs';
import { OUT, VSIX } from './lib/paths.mjs';
import { summary } from './lib/report.mjs';
import { startServer, testDriverArgs, vscodeCli } from './lib/server.mjs';
import { makeState } from './lib/state.mjs';
import { ENTRY, MODES, exitCodeIn, follow, freshReport, prepareSuite } from './lib/suites.mjs';

const TIMEOUT = 240_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { vscode: { type: 'string', default: 'latest' }, report: { type: 'string' } },
});
const mode = /** @type {import('./lib/suites.mjs').Mode} */ (positionals[0] ?? 'source');
const version = /** @type {import('./lib/paths.mjs').Version} */ (values.vscode);
if (!MODES.includes(mode)) throw new Error(`no mode '${mode}': use ${MODES.join(', ')}`);
const report = values.report ?? path.join(OUT, `reports/${mode}-${version}.jsonl`);

freshReport(report);
const stopFollowing = follow(report);
const trouble = await runInVscode().catch((error) => String(error.stack));
stopFollowing();
const { passed, failed, failures, pending } = summary(report, trouble);
if (failures.includes(trouble)) console.error(trouble);
console.log(`  ${passed} passed, ${failed} failed, ${pending.length} pending`);
process.exitCode = failed > 0 ? 1 : 0;

/** One VS Code from its start to its end; resolves with what went wrong besides the tests. */
async function runInVscode() {
  const state = makeState();
  /** @type {(() => Promise<void>)[]} */
  const closing = [];
  try {
    const { workspace, env, done, development } = prepareSuite(mode, state, report);
    if (mode !== 'source') await vscodeCli(version, state, ['--install-extension', VSIX]);
    const args = testDriverArgs(version);
    const trust = mode === 'restricted';
    const server = await startServer(version, state, { trust, args, env });
    closing.unshift(() => server.stop());
    const { browser, context } = await startBrowser();
    closing.unshift(() => browser.close());
    const page = await context.newPage();
    /** @type {[string, string][]} */
    const payload = [['extensionDevelopmentPath', server.remote(development)]];
    if (mode !== 'restricted') payload.push(['extensionTestsPath', server.remote(ENTRY)]);
    const { exit, said } = await watch(page);
    await page.goto(server.url({ folder: workspace, payload }));
    const code = await firstOf(exit, done);
    if (code === undefined) await shoot(page);
    if (code === 0) return undefined;
    const logs = fs.statSync(report).size === 0 ? `\n${server.log()}\n${said()}` : '';
    if (code === undefined) return `no result within ${TIMEOUT / 1000} s${logs}`;
    return `VS Code's exit code is ${code}${logs}`;
  } finally {
    for (const close of closing) await close();
    state.dispose();
  }
}

/**
 * The workbench tells its automation the exit code, and all that its console says.
 * @param {import('playwright-core').Page} page
 */
async function watch(page) {
  /** @type {string[]} */
  const lines = [];
  page.on('console', (message) => {
    lines.push(message.text());
    if (process.env['HARNESS_VERBOSE']) console.log(`  [console] ${message.text()}`);
  });
  await page.exposeFunction('codeAutomationLog', () => undefined);
  /** @type {{ code?: number }} */
  const exit = {};
  await page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => {
    exit.code = code;
  });
  return { exit, said: () => lines.join('\n').slice(-6000) };
}

/**
 * The exit code, by whichever way it comes; undefined when the time is over.
 * @param {{ code?: number }} exit
 * @param {string} done
 */
async function firstOf(exit, done) {
  for (const end = Date.now() + TIMEOUT; Date.now() < end; await sleep(100)) {
    const code = exit.code ?? exitCodeIn(done);
    if (code !== undefined) return code;
  }
  return undefined;
}

/** @param {import('playwright-core').Page} page */
async function shoot(page) {
  const file = path.join(OUT, 'screenshots', version, `no-result-${mode}.png`);
  await page.screenshot({ path: file });
  console.error(`the page: ${file}`);
}
