// Leaves nothing behind: what is registered here is undone when this process ends, however it ends.
import { spawnSync } from 'node:child_process';

const undo = new Set();
let armed = false;

/**
 * Runs `step` when the process exits, is interrupted or terminated; it must be synchronous.
 * Returns a function that forgets it again (after an orderly stop).
 * @param {() => void} step
 */
export function onEnd(step) {
  arm();
  undo.add(step);
  return () => undo.delete(step);
}

function arm() {
  if (armed) return;
  armed = true;
  process.on('exit', () => {
    // the newest first: a server is stopped before the directory that it writes to is removed
    for (const step of [...undo].reverse()) attempt(step);
  });
  // `exit` is not emitted for a signal unless somebody turns it into one
  for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15, SIGHUP: 1 })) {
    process.once(signal, () => process.exit(128 + number));
  }
}

function attempt(/** @type {() => void} */ step) {
  try {
    step();
  } catch (error) {
    console.error(`clean-up: ${error.message}`);
  }
}

/**
 * Kills a process that was started `detached`, with all that it started.
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} [signal]
 */
export function killGroup(pid, signal = 'SIGKILL') {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(pid), '/T', '/F']);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // gone already
  }
}
