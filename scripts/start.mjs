// `npm start`: verifies the sample project in the terminal, then opens it in a real VS Code with the extension installed; until Ctrl-C.
//   npm start -- --browser   the VS Code server in a browser although there is a desktop VS Code
//   npm start -- --check     proves that all of that works, without a person, and ends
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installHarness } from '../test/harness/install.mjs';
import { onEnd } from '../test/harness/lib/cleanup.mjs';
import { HAS_SERVER, NO_SERVER, ROOT } from '../test/harness/lib/paths.mjs';
import { makeState } from '../test/harness/lib/state.mjs';
import { copyAsGitWorkTree } from '../test/harness/lib/workspace.mjs';
import { commandLine, findDesktop, installInDesktop, ownState } from './lib/desktop.mjs';
import { node } from './lib/process.mjs';
import { build, installTools, packageVsix } from './lib/setup.mjs';

/** @typedef {import('../test/harness/lib/state.mjs').State} State */

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
  },
});

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

async function main() {
  installTools();
  console.log('building ...');
  await build({ tests: false });
  await verifySample();
  const vsix = await packageVsix();
  // git is what a person has switched on, too
  const state = makeState({ 'git.enabled': true });
  const folder = path.join(state.root, 'sample');
  copyAsGitWorkTree(path.join(ROOT, 'sample'), folder);
  const desktop = values.check || values.browser ? undefined : findDesktop();
  if (desktop) return openDesktop(desktop, state, vsix, folder);
  if (!HAS_SERVER) throw new Error(`no VS Code on PATH, and none in the browser: ${NO_SERVER}`);
  return openServer(state, vsix, folder);
}

/** The command line's own verdict: 1 is what a drifted file has to give. */
async function verifySample() {
  console.log('\n$ reprolens verify --repo sample');
  const { code } = await node(['dist/cli.js', 'verify', '--repo', 'sample']);
  if (code > 1)
    throw new Error(`the command line ended with ${code}: it could not verify the sample`);
  if (code === 0)
    throw new Error('the sample was found whole, although one file in it has drifted');
  console.log(
    '\nThat is as intended: one file of the sample was changed after it was published.\n',
  );
}

/** @param {string} code @param {State} state @param {string} vsix @param {string} folder */
async function openDesktop(code, state, vsix, folder) {
  installInDesktop(code, state, vsix);
  console.log(`opening a copy of the sample in ${path.basename(code)}; close its window to end`);
  const line = commandLine(code, [...ownState(state), '--new-window', '--wait', folder]);
  const child = spawn(line.command, line.args, { shell: line.shell, stdio: 'ignore' });
  onEnd(() => child.kill());
  await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  state.dispose();
}

/** @param {State} state @param {string} vsix @param {string} folder */
async function openServer(state, vsix, folder) {
  installHarness(['latest']);
  const { startServer, vscodeCli } = await import('../test/harness/lib/server.mjs');
  await vscodeCli('latest', state, ['--install-extension', vsix]);
  const server = await startServer('latest', state);
  const url = server.url({ folder });
  console.log(`A copy of the sample is open in VS Code at\n${url}`);
  if (values.check) {
    await seeStatus(url);
    await server.stop();
    state.dispose();
    return;
  }
  console.log('Everybody on this machine can open it while this runs. Ctrl-C ends it.');
  // a signal ends this process, and everything registered with onEnd is undone
  await server.ended;
  throw new Error(`the VS Code server ended by itself:\n${server.log()}`);
}

/** Looks at the page: the workbench loads and the status bar tells of the sample's drift. @param {string} url */
async function seeStatus(url) {
  const { startBrowser } = await import('../test/harness/lib/browser.mjs');
  const { Workbench } = await import('../test/harness/lib/workbench.mjs');
  const { name, publisher } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const { browser, context } = await startBrowser();
  try {
    const workbench = new Workbench(await context.newPage());
    await workbench.open(url);
    const items = workbench.page.locator(`.statusbar-item[id^="${publisher}.${name}"]`);
    const item = items.filter({ hasText: 'drifted' }).first();
    await item.waitFor({ timeout: 60_000 });
    console.log(`The extension is active; its status bar item says: ${await item.innerText()}`);
  } finally {
    await browser.close();
  }
}
