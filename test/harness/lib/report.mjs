// Reads the record of a mocha run, see record.cjs. Node built-ins only.
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ state: 'passed' | 'failed' | 'pending', title: string, ms?: number, error?: string, reason?: string }} Test */

/**
 * The lines that are there by now. A line that is being written is left for the next time.
 * @param {string} file
 * @returns {(Record<string, unknown> & { type: string })[]}
 */
export function readLines(file) {
  if (!existsSync(file)) return [];
  const whole = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return whole.map((line) => JSON.parse(line));
}

/**
 * What a run came to. One that was cut off, or in which nothing ran, has a failure more.
 * @param {string} file
 * @param {string} [trouble] why the process that ran it failed, if it did
 */
export function summary(file, trouble) {
  const lines = readLines(file);
  /** @type {Test[]} */
  const tests = lines.filter((line) => line.type === 'test');
  const passed = tests.filter(({ state }) => state === 'passed').length;
  const pending = tests.filter(({ state }) => state === 'pending');
  const failures = tests.filter(({ state }) => state === 'failed').map(({ title }) => title);
  const ended = lines.some((line) => line.type === 'end');
  if (failures.length === 0) {
    if (!ended) failures.push(trouble ?? 'the run was cut off');
    else if (passed === 0) failures.push('no test ran');
    else if (trouble) failures.push(trouble);
  }
  return { passed, failed: failures.length, failures, pending };
}

/** One test as a line of the log. @param {Test} test */
export function testLine({ state, title, ms = 0, error, reason }) {
  const mark = { passed: '✔', failed: '✖', pending: '-' }[state];
  const time = ms > 75 ? ` (${ms} ms)` : '';
  const more = error ?? (reason && `skipped: ${reason}`);
  return `  ${mark} ${title}${time}${more ? `\n${more.replace(/^/gm, '      ')}` : ''}`;
}
