import { parseDockerfile } from '../core/formats/dockerfile/dockerfile.js';
import {
  ENVIRONMENT_FILE,
  ENVIRONMENT_LIMIT,
  parseEnvironment,
} from '../core/formats/environment/environment.js';
import { namedBinaries } from '../core/formats/environment/binaries.js';
import { decodeText } from '../core/model/bytes.js';
import type { Finding } from '../core/model/finding.js';
import type { RepoPath } from '../core/model/paths.js';
import type { ProjectRef } from '../core/projects/ref.js';
import { planCapture, writeCapture } from '../core/remotes/capture.js';
import type { CapturePlan } from '../core/remotes/capture.js';
import { CaptureError } from '../core/remotes/captureProblem.js';
import { planPin, writePin } from '../core/remotes/pinImages.js';
import type { PinPlan } from '../core/remotes/pinImages.js';
import { absolutePath, FileError, readBytes, sha256 } from '../core/system/files.js';
import { captureSentence } from '../core/words/capture.js';
import { sentence } from '../core/words/findings.js';
import { printable } from '../core/words/printable.js';
import { agreed, declined, LEFT } from './ask.js';
import type { Manner } from './ask.js';
import { chosenRefs, declaringFile, someOf } from './context.js';
import type { CommonOptions, Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { findingDocument, findingLine, placePrefix, shownPath } from './render.js';

export interface CaptureOptions extends CommonOptions, Manner {
  readonly container?: string;
  readonly engine?: 'docker' | 'podman' | 'none';
}

export type PinOptions = CommonOptions & Manner;

const DOCKERFILE = 'Dockerfile' as RepoPath;
const DOCKERFILE_LIMIT = 1 << 20;
const PIPELINE_LIMIT = 64 << 20;
/** Characters of a value that a line shows; `os-release` is a whole file. */
const SHOWN = 100;

/** `environment capture`: shows how `.vaibify/environment.json` changes, and writes it. */
export async function environmentCapture(
  context: Context,
  { container, engine, ...manner }: CaptureOptions,
): Promise<Exit> {
  const { root, refs } = await place(context);
  const declared = container === undefined ? await baseImage(root) : undefined;
  const binaries = await binariesOf(refs);
  const plan = await told(() =>
    planCapture(root, {
      ...(container === undefined ? {} : { container }),
      ...(declared === undefined ? {} : { declared }),
      ...(engine === undefined ? {} : { engine }),
      binaries,
      signal: context.signal,
    }),
  );
  sayCapture(plan, declared, context);
  const write = plan.differs && (await agreed(context, manner, 'Write the environment?'));
  if (write) await told(() => writeCapture(plan));
  context.terminal.say(declined(manner, plan.differs && !write) ? LEFT : captured(plan, write));
  context.terminal.document(JSON.parse(plan.text));
  return manner.dryRun === true && plan.differs ? EXIT.fails : EXIT.holds;
}

/** `environment check`: validates the document; the image itself is the business of `verify`. */
export async function environmentCheck(context: Context): Promise<Exit> {
  const { root } = await place(context);
  const file = absolutePath(root, ENVIRONMENT_FILE);
  const bytes = await told(() => readBytes(file, { limit: ENVIRONMENT_LIMIT }));
  if (bytes === undefined) {
    throw new UnusableError(
      `${shownPath(file)}: no such file; write one with "reprolens environment capture"`,
    );
  }
  const { findings, image } = parseEnvironment(decodeText(bytes), ENVIRONMENT_FILE, sha256(bytes));
  const { say, paint } = context.terminal;
  for (const finding of findings) say(findingLine(finding, { paint, root }));
  const held = !findings.some(({ severity }) => severity === 'error');
  const what = image === undefined ? 'captured without a container' : printable(image.reference);
  say(`${shownPath(file)}: ${held ? `valid, ${what}` : 'does not pin an image'}`);
  context.terminal.document({ problems: findings.map(problemDocument) });
  const torn = findings.find(({ code }) => code === 'environment-json-syntax');
  if (torn?.place !== undefined) {
    throw new UnusableError(`${placePrefix(torn.place, root)}${sentence(torn)}`);
  }
  return held ? EXIT.holds : EXIT.fails;
}

/** `environment pin`: pins the Dockerfile's base images by the digests that their tags have now. */
export async function environmentPin(context: Context, manner: PinOptions): Promise<Exit> {
  const { root } = await place(context);
  const file = absolutePath(root, DOCKERFILE);
  const plan = await told(() => planPin(root, DOCKERFILE, context.signal));
  if (plan === undefined) throw new UnusableError(`${shownPath(file)}: no such file`);
  const { say, remark, paint } = context.terminal;
  for (const { line, from, to } of plan.pinned) {
    say(`${paint.good('~ pin')}  line ${line}: ${printable(from)} -> ${printable(to)}`);
  }
  for (const finding of plan.findings) remark(findingLine(finding, { paint, root }));
  const write = plan.pinned.length > 0 && (await agreed(context, manner, 'Pin these?'));
  if (write) await told(() => writePin(plan));
  say(
    declined(manner, plan.pinned.length > 0 && !write)
      ? LEFT
      : pinned(plan, shownPath(file), write),
  );
  context.terminal.document({
    file: plan.file,
    pinned: plan.pinned,
    skipped: plan.findings.map(problemDocument),
  });
  const open = plan.findings.length > 0 || (manner.dryRun === true && plan.pinned.length > 0);
  return open ? EXIT.fails : EXIT.holds;
}

/** The project's directory: that of its pipelines, else the one that `--repo` names. */
async function place(context: Context) {
  const refs = (await chosenRefs(context)).filter(({ kind }) => kind === 'vaibify');
  const roots = [...new Set(refs.map(({ root }) => root))];
  if (roots.length > 1) {
    throw new UnusableError(
      `several projects with an environment of their own; choose one with --project FILE: ${someOf(refs.map(declaringFile))}`,
    );
  }
  return { root: roots[0] ?? context.repo, refs };
}

/** What the Dockerfile builds on in the end: the base of its last stage. */
async function baseImage(root: string): Promise<string | undefined> {
  const bytes = await told(() =>
    readBytes(absolutePath(root, DOCKERFILE), { limit: DOCKERFILE_LIMIT }),
  );
  if (bytes === undefined) return undefined;
  const { bases } = parseDockerfile(decodeText(bytes), DOCKERFILE, sha256(bytes));
  return bases.findLast(({ internal }) => !internal)?.reference;
}

async function binariesOf(refs: readonly ProjectRef[]): Promise<string[]> {
  const found: string[] = [];
  for (const ref of refs) {
    const bytes = await told(() => readBytes(declaringFile(ref), { limit: PIPELINE_LIMIT }));
    if (bytes !== undefined) found.push(...namedBinaries(decodeText(bytes)));
  }
  return found;
}

/** Refusals of the core in one line, for a person. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CaptureError) {
      throw new UnusableError(captureSentence(error), { cause: error });
    }
    if (!(error instanceof FileError)) throw error;
    throw new UnusableError(`${shownPath(error.path)}: ${FILE_PROBLEM[error.code]}`, {
      cause: error,
    });
  }
}

const FILE_PROBLEM: Readonly<Record<FileError['code'], string>> = {
  'not-a-file': 'is no regular file; move it out of the way',
  'too-large': 'is too large to be one',
  'link-on-path':
    'is a symbolic link, which is not written through; replace it by what it leads to',
  'not-utf8-name': 'has a name that is not UTF-8; rename it',
};

function sayCapture(plan: CapturePlan, declared: string | undefined, context: Context): void {
  const { say, remark, paint } = context.terminal;
  for (const { key, from, to } of plan.changes) {
    const value = [from, to].flatMap((each) => (each === undefined ? [] : [short(each)]));
    const line = `${printable(key)}  ${value.join(' -> ')}`;
    if (from === undefined) say(`${paint.good('+ add')}     ${line}`);
    else say(to === undefined ? `${paint.bad('- remove')}  ${line}` : `~ change  ${line}`);
  }
  const base: Finding[] =
    declared === undefined
      ? []
      : [{ code: 'capture-base-image', severity: 'info', reference: declared }];
  for (const finding of [...base, ...plan.findings]) {
    remark(findingLine(finding, { paint, root: plan.root }));
  }
}

const short = (json: string): string =>
  printable(json.length > SHOWN ? `${json.slice(0, SHOWN)}...` : json);

function captured(plan: CapturePlan, written: boolean): string {
  const file = shownPath(absolutePath(plan.root, plan.file));
  if (!plan.differs) return `${file}: up to date`;
  return written ? `${file}: written` : `${file}: would change; run without --dry-run to write it`;
}

function pinned(plan: PinPlan, file: string, written: boolean): string {
  const { pinned: now, findings, held } = plan;
  const open = findings.length === 0 ? '' : `; ${findings.length} not pinned`;
  if (now.length === 0) return `${file}: nothing to pin, ${held} pinned already${open}`;
  const bases = now.length === 1 ? '1 base image' : `${now.length} base images`;
  return written
    ? `${file}: ${bases} pinned${open}`
    : `${file}: would pin ${bases}; run without --dry-run to write it${open}`;
}

function problemDocument(finding: Finding) {
  const start = finding.place?.span.start;
  return {
    ...(start === undefined ? {} : { line: start.line, column: start.column }),
    ...findingDocument(finding),
  };
}
