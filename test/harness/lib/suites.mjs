// What every run of mocha inside an extension host has in common, whichever VS Code it is.
import * as fs from 'node:fs';
import path from 'node:path';
import { FIXTURE, HARNESS, OUT, ROOT } from './paths.mjs';
import { readLines, testLine } from './report.mjs';
import { copyAsGitWorkTree } from './workspace.mjs';

/** source: the checkout itself; vsix: packaged and installed; restricted: the same, folder not trusted. */
export const MODES = /** @type {const} */ (['source', 'vsix', 'restricted']);
/** @typedef {(typeof MODES)[number]} Mode */

export const ENTRY = path.join(HARNESS, 'suiteEntry.cjs');
const DRIVER = path.join(HARNESS, 'driver');

/**
 * A fresh workspace, and what the extension host is told.
 * @param {Mode} mode
 * @param {import('./state.mjs').State} state
 * @param {string} report
 */
export function prepareSuite(mode, state, report) {
  const workspace = path.join(state.root, 'workspace');
  copyAsGitWorkTree(FIXTURE, workspace);
  const restricted = mode === 'restricted';
  const done = path.join(state.root, 'done');
  const suite = path.join(OUT, 'test', restricted ? 'vscode-restricted' : 'vscode');
  const env = {
    REPROLENS_TEST_WORKSPACE: workspace,
    REPROLENS_TEST_REPORT: report,
    REPROLENS_TEST_SUITE: suite,
    ...(restricted && { REPROLENS_TEST_DRIVE: ENTRY, REPROLENS_TEST_DONE: done }),
  };
  return { workspace, env, done, development: mode === 'source' ? ROOT : DRIVER };
}

/** A new, empty record. @param {string} report */
export function freshReport(report) {
  fs.mkdirSync(path.dirname(report), { recursive: true });
  fs.writeFileSync(report, '');
}

/**
 * Prints the tests as they end; returns a function that prints the rest and stops.
 * @param {string} report
 */
export function follow(report) {
  let printed = 0;
  const print = () => {
    const lines = readLines(report);
    for (const line of lines.slice(printed)) {
      if (line.type === 'host') console.log(`  VS Code ${line.vscode}, Node ${line.node}`);
      if (line.type === 'test') console.log(testLine(/** @type {any} */ (line)));
    }
    printed = lines.length;
  };
  const timer = setInterval(print, 200);
  return () => {
    clearInterval(timer);
    print();
  };
}

/** The exit code that the driver left, once it did. @param {string} done */
export const exitCodeIn = (done) =>
  fs.existsSync(done) && fs.statSync(done).size > 0
    ? Number(fs.readFileSync(done, 'utf8'))
    : undefined;
