import { writeText } from '../core/system/files.js';

/** What a command may do to the world: two streams, and nothing else. */
export interface Terminal {
  /** One line of the answer, for people. Silent under `--json`. */
  readonly say: (line: string) => void;
  /** The whole answer, for programs: called once; written under `--json` and `--json-file` only. */
  readonly document: (value: unknown) => void;
  /** A word beside the answer: to standard error. */
  readonly remark: (line: string) => void;
  /** Progress: one line of standard error that is written over; only on a terminal. */
  readonly progress: (line: string) => void;
  readonly json: boolean;
  readonly paint: Paint;
}

/** Wraps text in colour, or does not. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
}

const plain: Paint = { good: (text) => text, bad: (text) => text, dim: (text) => text };
const wrap =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`;
const coloured: Paint = { good: wrap(32), bad: wrap(31), dim: wrap(2) };

/**
 * Colour only on a terminal and never with `NO_COLOR` (no-color.org: set and not empty);
 * `FORCE_COLOR` serves terminals that a task runner hides.
 */
export function makeTerminal(options: {
  readonly json: boolean;
  readonly file?: string | undefined;
}): Terminal {
  const { stdout, stderr, env } = process;
  const colour = stdout.isTTY && (env['NO_COLOR'] ?? '') === '';
  let drawn = false;
  const wipe = (): void => {
    if (drawn) stderr.write('\r\u001b[2K');
    drawn = false;
  };
  return {
    json: options.json,
    paint: colour ? coloured : plain,
    say(line) {
      if (options.json) return;
      wipe();
      stdout.write(`${line}\n`);
    },
    document(value) {
      const text = `${JSON.stringify(value, undefined, 2)}\n`;
      if (options.json) stdout.write(text);
      if (options.file !== undefined) writeText(options.file, text);
    },
    remark(line) {
      wipe();
      stderr.write(`${line}\n`);
    },
    progress(line) {
      if (!stderr.isTTY) return;
      wipe();
      stderr.write(line.slice(0, Math.max(0, stderr.columns - 1)));
      drawn = true;
    },
  };
}
