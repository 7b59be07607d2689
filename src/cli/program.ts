/** The words of the command line: every command, its options and an example. */
import path from 'node:path';
import { Argument, Command, Option } from 'commander';
import manifest from '../../package.json';
import * as commands from './commands.js';
import type { Run } from './commands.js';
import type { CommonOptions, Context } from './context.js';
import { makeTerminal } from './terminal.js';

/** The whole command line; `signal` fires when the user interrupts. */
export function program(signal: AbortSignal): Command {
  const root = new Command('reprolens')
    .description(
      'Are these still the bytes that were published? Reads the evidence of a repository and checks it against the disk.',
    )
    .version(manifest.version)
    .exitOverride();
  root.showHelpAfterError('(--help shows the options)');
  example(root, 'reprolens status --repo paper');
  const add = adder(signal);
  add(
    root,
    'status',
    'level, counts and blockers of every project found',
    commands.status,
  )('status --json');
  ceremony(root, add);
  manifests(group(root, 'manifest', 'checksum manifests', 'manifest check'), add);
  locks(group(root, 'lock', 'the Python lock file', 'lock check'), add);
  environments(
    group(root, 'environment', 'container and system', 'environment capture --dry-run'),
    add,
  );
  const mirrors = group(root, 'mirror', 'published copies', 'mirror verify github');
  add(
    mirrors,
    'verify',
    'compare a published copy with the manifest',
    commands.mirrorVerify,
  )('mirror verify zenodo').addArgument(
    new Argument('<service>', 'where it is published').choices(['github', 'zenodo']),
  );
  plans(root, add);
  reading(root, add);
  publishing(group(root, 'publish', 'checks that others can run', 'publish workflow'), add);
  return root;
}

type Add = ReturnType<typeof adder>;

function ceremony(root: Command, add: Add): void {
  rerunOptions(
    add(
      root,
      'verify',
      'the ceremony: every tier in turn',
      commands.verify,
    )('verify --skip-tier 2'),
  )
    .addOption(
      new Option('--skip-tier <n>', 'leave a tier out (repeatable)')
        .choices(['1', '2', '3', '4'])
        .argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]),
    )
    .option('--rerun', 'also run the pipeline again, in isolation, and compare every output')
    .option('--install', 'tier 2: install the lock into a fresh environment, not only resolve it')
    .option('--layers', 'tier 3: hash the bytes of every layer')
    .option('--report <file>', 'also write the result as JSON');
  rerunOptions(
    add(
      root,
      'rerun',
      'run the pipeline in a clean copy of the commit and compare every output',
      commands.rerunCommand,
    )('rerun --step A03'),
  )
    .option('--step <label>', 'one step only (A03); nothing is attested then')
    .option('-n, --dry-run', 'only show what would be executed, and where');
}

const rerunOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--isolation <kind>', 'what the run is shut into').choices([
        ...['auto', 'container', 'sandbox', 'clean-folder'],
      ]),
    )
    .option('--yes', 'run without asking, on a terminal too');

function manifests(parent: Command, add: Add): void {
  add(
    parent,
    'check',
    'hash every entry again',
    commands.manifestCheck,
  )('manifest check --json').option(
    '--manifest <file>',
    'the manifest, relative to the current directory (default: MANIFEST.sha256 in the repository)',
  );
  add(
    parent,
    'write',
    'regenerate it from the declarations',
    commands.manifestWrite,
  )('manifest write -n').option(
    '-n, --dry-run',
    'only show what would change; exit status 1 if anything would',
  );
}

/** Whoever starts it from an editor sees the change first. */
const ASK = ['--ask', 'show the change and ask before writing, on a terminal'] as const;

function locks(parent: Command, add: Add): void {
  const python = ['--python <path>', 'the interpreter (default: python3 on PATH)'] as const;
  add(
    parent,
    'check',
    'the structure of requirements.lock',
    commands.lockCheck,
  )('lock check --json');
  add(
    parent,
    'write',
    'generate it with hashes',
    commands.lockWrite,
  )('lock write -n')
    .option('-n, --dry-run', 'only show what would change; exit status 1 if anything would')
    .option(...ASK)
    .option(...python);
  add(
    parent,
    'verify',
    'let pip resolve it with --require-hashes, installing nothing',
    commands.lockVerify,
  )('lock verify')
    .option('--install', 'install it into a fresh environment that is thrown away')
    .option(...python);
}

function environments(parent: Command, add: Add): void {
  add(
    parent,
    'capture',
    'write .vaibify/environment.json',
    commands.environmentCapture,
  )('environment capture --container paper')
    .option('--container <name>', 'a running container (default: the declared image)')
    .addOption(new Option('--engine <kind>', 'which engine').choices(['docker', 'podman', 'none']))
    .option('-n, --dry-run', 'only show what would change; exit status 1 if anything would')
    .option(...ASK);
  add(
    parent,
    'check',
    'validate .vaibify/environment.json',
    commands.environmentCheck,
  )('environment check');
  add(
    parent,
    'pin',
    'pin the base images of the Dockerfile by the digests that their tags have now',
    commands.environmentPin,
  )('environment pin -n')
    .option('-n, --dry-run', 'only show what would change')
    .option(...ASK);
}

const PLAN = ['--plan <file>', 'the plan, relative to the current directory'] as const;
const ARGV = [
  '--argv',
  'split string steps into words instead of handing them to a shell',
] as const;

function plans(root: Command, add: Add): void {
  const rebuild = add(
    root,
    'rebuild',
    'build a plan again in isolation and compare the artifact with its reference',
    commands.rebuildCommand,
  )('rebuild --tag v1.0.0').requiredOption('--tag <tag>', 'put in place of {tag}');
  building(rebuild)
    .option('--out <dir>', 'where attestations go, relative to the current directory')
    .option('--strict', 'a disagreement between references is a mismatch')
    .option('--key <file>', 'a public key (PEM) that attestations must be signed with')
    .option(
      '--trusted-root <file>',
      "Sigstore's trusted_root.json: only bundles that verify against it are accepted",
    )
    .option('--certificate-identity <id>', 'who must have signed: an address or a URI, exactly')
    .option('--certificate-issuer <url>', 'who must have vouched for the signer, exactly')
    .option('--compat', 'take the first subject of an attestation that names no artifact')
    .option('--report <file>', 'also write the result as JSON')
    .option(
      '--vary [factor...]',
      'find the cause: build once for each factor with that one changed, and attest nothing',
    );
  const seed = add(
    root,
    'seed',
    'build a plan once and record the reference that rebuilds must equal',
    commands.seedCommand,
  )('seed v1.0.0').addArgument(new Argument('<tag>', 'put in place of {tag}'));
  building(seed).option('--force', 'replace what records another digest');
}

function reading(root: Command, add: Add): void {
  add(
    group(root, 'plan', 'build plans', 'plan check'),
    'check',
    'validate a plan and lint its steps for what makes builds differ',
    commands.planCheck,
  )('plan check --plan build/plan.yaml')
    .option(...PLAN)
    .option('--tag <tag>', 'put in place of {tag}, so that paths that hold it are checked as well')
    .option(...ARGV);
  add(
    root,
    'explain',
    'why two artifacts are not the same bytes',
    commands.explainCommand,
  )('explain old.tar.gz new.tar.gz')
    .addArgument(new Argument('<left>', 'a file'))
    .addArgument(new Argument('<right>', 'another'));
}

function publishing(parent: Command, add: Add): void {
  add(
    parent,
    'workflow',
    'write a GitHub Actions workflow that rebuilds the plans every night',
    commands.publishWorkflow,
  )('publish workflow -n')
    .option(
      '--plan <file>',
      'a plan, relative to the current directory (repeatable; default: all that are found)',
      (value: string, before: string[] | undefined) => [...(before ?? []), value],
    )
    .option('-n, --dry-run', 'only show what would change; exit status 1 if anything would')
    .option(...ASK)
    .option('--force', 'replace files that say something else');
}

const building = (command: Command): Command =>
  command
    .option(...PLAN)
    .option(...ARGV)
    .addOption(
      new Option('--isolation <kind>', 'what the build is shut into').choices([
        ...['auto', 'network-off', 'container', 'clean-folder'],
      ]),
    )
    .option('--image <reference>', 'name@sha256:..., for a container')
    .option('--timeout <seconds>', 'for all steps together');

function group(root: Command, name: string, description: string, usage: string): Command {
  const command = root.command(name).description(description).exitOverride();
  example(command, `reprolens ${usage}`);
  return command;
}

/** Gives what adds a command with the options that all have, and then its example. */
const adder =
  (signal: AbortSignal) =>
  <O extends CommonOptions>(parent: Command, name: string, description: string, run: Run<O>) =>
  (usage: string): Command => {
    const command: Command = parent
      .command(name)
      .description(description)
      .exitOverride()
      .allowExcessArguments(false)
      .option('--repo <dir>', 'the repository', '.')
      .option('--project <file>', 'one project, where several share the repository')
      .option('--follow-links', 'accept symbolic links that stay inside the repository')
      .option('--json', 'one JSON document on standard output')
      .addOption(new Option('--json-file <file>', 'the document, written to a file').hideHelp())
      .action(async () => {
        const named = command.registeredArguments.map((argument, index) => [
          argument.name(),
          command.processedArgs[index] as unknown,
        ]);
        const options = { ...command.opts<O>(), ...Object.fromEntries(named) } as O;
        process.exitCode = await run(contextOf(options, signal), options);
      });
    example(command, `reprolens ${usage}`);
    return command;
  };

function example(command: Command, line: string): void {
  command.addHelpText('after', `\nExample:\n  $ ${line}`);
}

function contextOf(options: CommonOptions, signal: AbortSignal): Context {
  return {
    repo: path.resolve(options.repo),
    project: options.project,
    followLinks: options.followLinks === true,
    terminal: makeTerminal({ json: options.json === true, file: options.jsonFile }),
    signal,
  };
}
