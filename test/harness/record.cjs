// Writes what mocha does to a file, a JSON object a line: a crash in mid-run loses nothing that was known before.
'use strict';
const fs = require('node:fs');

/**
 * Records every test of a runner. Lines: { type: 'test', state, title, ms, error?, reason? }, and
 * last { type: 'end' }: without it the run was cut off.
 * @param {import('mocha').Runner} runner
 * @param {string} file
 */
exports.record = function record(runner, file) {
  const write = (line) => fs.appendFileSync(file, `${JSON.stringify(line)}\n`);
  const test = (it, state, more) =>
    write({ type: 'test', state, title: it.fullTitle(), ms: it.duration, ...more });
  runner.on('pass', (it) => test(it, 'passed'));
  runner.on('fail', (it, error) => test(it, 'failed', { error: error?.stack ?? String(error) }));
  runner.on('pending', (it) => test(it, 'pending', { reason: reasonOf(it) }));
  runner.on('end', () => write({ type: 'end' }));
};

/** Left by `skip(this, reason)` of ./skip.ts on the test, or on the suite when a hook was skipped. */
function reasonOf(it) {
  for (let at = it; at; at = at.parent) if (at.skipReason) return at.skipReason;
  return undefined;
}
