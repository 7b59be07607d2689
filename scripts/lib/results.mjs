// Adds up what the checks and the mocha runs came to.
/** @typedef {import('../../test/harness/lib/report.mjs').Test} Test */

export class Results {
  /** @type {{ name: string, passed: number, failed: number, failures: string[], pending: Test[], seconds: number }[]} */
  #runs = [];
  /** @type {string[]} */
  #notRun = [];

  /**
   * @param {string} name
   * @param {number} started by performance.now()
   * @param {{ passed: number, failed: number, failures: string[], pending: Test[] }} result
   */
  add(name, started, result) {
    this.#runs.push({ name, ...result, seconds: (performance.now() - started) / 1000 });
  }

  /** One check without tests of its own. @param {string} name @param {number} started @param {boolean} ok */
  check(name, started, ok) {
    const counts = ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
    this.add(name, started, { ...counts, failures: ok ? [] : [name], pending: [] });
  }

  /** @param {string} name @param {string} why */
  notRun(name, why) {
    this.#notRun.push(`not run: ${name}: ${why}`);
  }

  /** Prints everything, the sums last; returns the exit code. */
  finish() {
    console.log('\n== summary');
    for (const { name, passed, failed, pending, seconds } of this.#runs) {
      const skipped = pending.length ? `, ${pending.length} skipped` : '';
      const time = `${seconds.toFixed(1)} s`.padStart(8);
      console.log(`${time}  ${name}: ${passed} passed, ${failed} failed${skipped}`);
    }
    for (const { name, pending } of this.#runs) {
      for (const { title, reason = 'no reason given' } of pending) {
        console.log(`skipped: ${name}: ${title}: ${reason}`);
      }
    }
    for (const line of this.#notRun) console.log(line);
    for (const { name, failures } of this.#runs) {
      for (const title of failures) console.log(`failed: ${name}: ${title.split('\n')[0]}`);
    }
    const passed = this.#sum('passed');
    const failed = this.#sum('failed');
    console.log(`${passed} passed, ${failed} failed`);
    return failed === 0 && passed > 0 ? 0 : 1;
  }

  /** @param {'passed' | 'failed'} what */
  #sum(what) {
    return this.#runs.reduce((sum, run) => sum + run[what], 0);
  }
}
