#!/usr/bin/env node
/** argv -> command -> exit status. The only place that ends the process. */
import path from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import type { CommonOptions, Context } from './context.js';
import { makeTerminal } from './terminal.js';
import { status } from './status.js';
import { verify } from './verify.js';
import { manifestCheck } from './manifestCheck.js';
import { manifestWrite } from './manifestWrite.js';
import manifest from '../../package.json';

/** One command's work: says its answer through the context and returns the exit status. */
type Run<O> = (context: Context, options: O) => Promise<Exit>;

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());
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
    await program().parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
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

function program(): Command {
  const root = new Command('reprolens')
    .description(
      'Are these still the bytes that were published? Reads the evidence of a repository and checks it against the disk.',
    )
    .version(manifest.version)
    .exitOverride()
    .showHelpAfterError('(--help shows the options)');
  example(root, 'reprolens status --repo paper');
  add(root, 'status', 'counts and blockers of every project found', status, 'status --json');
  add(root, 'verify', 'the ceremony: every tier in turn', verify, 'verify --skip-tier 2')
    .addOption(
      new Option('--skip-tier <n>', 'leave a tier out (repeatable)')
        .choices(['1', '2', '3', '4'])
        .argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]),
    )
    .option('--report <file>', 'also write the result as JSON');
  const group = root.command('manifest').description('checksum manifests').exitOverride();
  example(group, 'reprolens manifest check');
  add(group, 'check', 'hash every entry again', manifestCheck, 'manifest check --json').option(
    '--manifest <file>',
    'the manifest, relative to the current directory (default: MANIFEST.sha256 in the repository)',
  );
  add(
    group,
    'write',
    'regenerate it from the declarations',
    manifestWrite,
    'manifest write -n',
  ).option('-n, --dry-run', 'only show what would change; exit status 1 if anything would');
  return root;
}

function add<O extends CommonOptions>(
  parent: Command,
  ...[name, description, run, usage]: [string, string, Run<O>, string]
): Command {
  const command = parent
    .command(name)
    .description(description)
    .exitOverride()
    .allowExcessArguments(false)
    .option('--repo <dir>', 'the repository', '.')
    .option('--project <file>', 'one project, where several share the repository')
    .option('--follow-links', 'accept symbolic links that stay inside the repository')
    .option('--json', 'one JSON document on standard output')
    .action(async (options: O) => {
      process.exitCode = await run(contextOf(options), options);
    });
  example(command, `reprolens ${usage}`);
  return command;
}

function example(command: Command, line: string): void {
  command.addHelpText('after', `\nExample:\n  $ ${line}`);
}

function contextOf(options: CommonOptions): Context {
  return {
    repo: path.resolve(options.repo),
    project: options.project,
    followLinks: options.followLinks === true,
    terminal: makeTerminal({ json: options.json === true }),
    signal: interrupted.signal,
  };
}
