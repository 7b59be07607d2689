#!/usr/bin/env node
/** argv -> command -> exit status. The only place that ends the process. */
import { setTimeout } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { EXIT, UnusableError } from './errors.js';
import { program } from './program.js';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());
// A terminal that is closed says so; what was started must not live on.
process.once('SIGHUP', () => interrupted.abort());
// `reprolens ... | head` is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.fails);
  throw error;
});

void main();

async function main(): Promise<void> {
  // Until a command has said otherwise: a process that ends half-way must never look like success.
  process.exitCode = EXIT.unusable;
  try {
    await program(interrupted.signal).parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
  await outliveLaunch();
}

/** An editor takes a task that fails sooner than this for one that never began. In seconds. */
const LAUNCHED_S = 0.7;

async function outliveLaunch(): Promise<void> {
  if (process.env['REPROLENS_TASK'] === undefined || process.exitCode === EXIT.holds) return;
  await setTimeout(Math.max(0, LAUNCHED_S - process.uptime()) * 1000);
}

/** Tells a person what went wrong in one line, and gives the exit status. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.holds : EXIT.unusable;
  if (interrupted.signal.aborted) return EXIT.interrupted;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`reprolens: ${message.replaceAll('\n', ' ')}\n`);
  if (!(error instanceof UnusableError) && process.env['REPROLENS_DEBUG'] !== undefined) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : ''}\n`);
  }
  return EXIT.unusable;
}
