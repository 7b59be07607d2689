// Loaded by VS Code's extension host, as extensionTestsPath or by the driver: runs mocha there.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { record } = require('./record.cjs');

exports.run = async function run() {
  const report = process.env.REPROLENS_TEST_REPORT;
  try {
    await runMocha(report);
  } catch (error) {
    // a file that cannot be loaded must reach the report, not only the browser's console
    const line = { type: 'test', state: 'failed', title: 'test run', error: error.stack };
    if (!error.counted) fs.appendFileSync(report, `${JSON.stringify(line)}\n`);
    throw error;
  }
};

async function runMocha(report) {
  const env = process.env;
  // The extension under test brings no mocha; the project's is used wherever the suites lie.
  const loaded = require(path.join(__dirname, '../../node_modules/mocha'));
  const Mocha = loaded.default ?? loaded; // a namespace in an older Node
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 20_000,
    grep: env.REPROLENS_TEST_GREP || undefined,
    forbidOnly: Boolean(env.CI),
    reporter: class {
      constructor(runner) {
        record(runner, report);
      }
    },
  });
  for (const file of testFiles(env.REPROLENS_TEST_SUITE)) mocha.addFile(file);
  writeHost(report);
  await mocha.loadFilesAsync();
  const failures = await new Promise((resolve) => mocha.run(resolve));
  if (failures > 0) throw Object.assign(new Error(`${failures} failed`), { counted: true });
}

function testFiles(dir) {
  if (!fs.existsSync(dir)) return [];
  const files = fs.readdirSync(dir, { recursive: true }).filter((f) => f.endsWith('.test.js'));
  return files.sort().map((file) => path.join(dir, file));
}

/** Which VS Code this is. */
function writeHost(report) {
  const { version, env } = require('vscode');
  const line = { type: 'host', vscode: version, node: process.version, appHost: env.appHost };
  fs.appendFileSync(report, `${JSON.stringify(line)}\n`);
}
