import * as vscode from 'vscode';
import type { Finding } from '../core/model/finding.js';
import type { Place } from '../core/model/place.js';
import type { FileEntry, Snapshot } from '../core/model/snapshot.js';
import type { FileStatus } from '../core/model/status.js';
import type { TierReport } from '../core/model/tier.js';
import { sentence } from '../core/words/findings.js';
import { printable } from '../core/words/printable.js';
import { fileSentence } from '../core/words/states.js';
import { detailText } from '../core/words/tiers.js';
import { locationOf } from './places.js';
import { placeOf } from './testingItems.js';

/** What came of one item. `skipped` says why; nothing else is ever said of what was not checked. */
export type Verdict =
  | { readonly kind: 'passed'; readonly note?: string }
  | { readonly kind: 'failed' | 'errored'; readonly messages: readonly vscode.TestMessage[] }
  | { readonly kind: 'skipped'; readonly why: string };

/** Nobody looked, and why. */
export const skipped = (why: string): Verdict => ({ kind: 'skipped', why });

/** The check itself went wrong. */
export const errored = (message: string): Verdict => ({
  kind: 'errored',
  messages: [new vscode.TestMessage(message)],
});

/** A look at the disk: when it began, and whether it was broken off. */
export interface Look {
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly cancelled: boolean;
}

/** Messages of one item; a person reads no more. */
const MOST_MESSAGES = 100;

/** Gives an item its result in a run. */
export function settle(
  run: vscode.TestRun,
  item: vscode.TestItem,
  verdict: Verdict,
  milliseconds?: number,
): void {
  const say = (text: string): void =>
    run.appendOutput(`${text.replaceAll(/\r?\n/g, '\r\n')}\r\n`, undefined, item);
  switch (verdict.kind) {
    case 'passed':
      if (verdict.note !== undefined) say(verdict.note);
      run.passed(item, milliseconds);
      break;
    case 'skipped':
      say(verdict.why);
      run.skipped(item);
      break;
    case 'failed':
      run.failed(item, verdict.messages.slice(0, MOST_MESSAGES), milliseconds);
      break;
    case 'errored':
      run.errored(item, verdict.messages.slice(0, MOST_MESSAGES), milliseconds);
      break;
  }
}

/** The verdict over files from a look that has just ended: that of the worst one. */
export function filesVerdict(
  entries: readonly FileEntry[],
  { project }: Snapshot,
  look: Look,
): Verdict {
  const verdicts = entries.map((entry) => fileVerdict(entry, project.root, look));
  for (const kind of ['failed', 'errored'] as const) {
    const messages = verdicts.flatMap((each) => (each.kind === kind ? each.messages : []));
    if (messages.length > 0) return { kind, messages };
  }
  const left = verdicts.find(({ kind }) => kind === 'skipped');
  if (left !== undefined) return left;
  if (verdicts.length > 0) return { kind: 'passed' };
  return skipped(vscode.l10n.t('The project no longer names this file.'));
}

function fileVerdict(entry: FileEntry, root: string, look: Look): Verdict {
  const { status } = entry;
  if (!isNews(status, look)) {
    if (look.cancelled) return skipped(cancelled());
    const why = vscode.l10n.t('{0}: it was not read in this run.', printable(entry.path));
    return { kind: 'errored', messages: [located(why, root, placeOf(entry))] };
  }
  const said = `${printable(entry.path)}: ${fileSentence(entry.path, status)}`;
  const messages = [located(said, root, placeOf(entry), status)];
  switch (status.kind) {
    case 'verified':
      return { kind: 'passed' };
    case 'drifted':
    case 'missing':
    case 'linked':
      return { kind: 'failed', messages };
    case 'pointer':
    case 'unreadable':
    case 'unknown':
      return { kind: 'errored', messages };
    case 'unpinned':
      return skipped(said);
  }
}

/** Whether a state comes from this look: one that was known before proves nothing now. */
function isNews(status: FileStatus, { started, cancelled: broken }: Look): boolean {
  if ('check' in status) return status.check.at >= started;
  return !broken;
}

/** The verdict over a whole manifest beyond its files; `undefined` when those decide. */
export function manifestVerdict({ project }: Snapshot): Verdict | undefined {
  const { root, manifest, pins, findings } = project;
  const broken = findings.filter(
    ({ code, severity }) => severity === 'error' && code.startsWith('manifest-'),
  );
  if (broken.length > 0) return { kind: 'failed', messages: broken.map((f) => ofFinding(f, root)) };
  if (pins.length === 0) {
    const why = vscode.l10n.t('{0} pins no file, so nothing can be confirmed.', manifest.file);
    return { kind: 'failed', messages: [new vscode.TestMessage(why)] };
  }
  if (manifest.entries <= pins.length) return undefined;
  const why = vscode.l10n.t(
    '{0} has {1} entries, and only {2} are watched here. The task "verify the artifacts" checks all.',
    manifest.file,
    manifest.entries,
    pins.length,
  );
  return errored(why);
}

/** The verdict over a tier from the report of the process that has just checked it. */
export function tierVerdict(report: TierReport, root: string): Verdict {
  const { outcome, findings } = report;
  const did = detailText(report);
  const messages = findings
    .filter(({ severity }) => severity !== 'info')
    .map((finding) => ofFinding(finding, root));
  if (messages.length === 0) messages.push(new vscode.TestMessage(did));
  switch (outcome) {
    case 'pass':
      return { kind: 'passed', note: did };
    case 'fail':
      return { kind: 'failed', messages };
    case 'error':
      return { kind: 'errored', messages };
    case 'skipped':
      return skipped(did);
  }
}

/** What is said of what nobody looked at because the run was stopped. */
export const cancelled = (): string =>
  vscode.l10n.t('The run was stopped before this was checked.');

const ofFinding = (finding: Finding, root: string): vscode.TestMessage =>
  located(sentence(finding), root, finding.place, digestsIn(finding));

/** What was expected and what is there, if a finding is about digests. */
function digestsIn(finding: Finding): object {
  return finding.code === 'file-state' ? finding.status : finding;
}

function located(
  text: string,
  root: string,
  place?: Place,
  about: object = {},
): vscode.TestMessage {
  const differs = 'expected' in about && 'actual' in about;
  const message =
    differs && typeof about.expected === 'string' && typeof about.actual === 'string'
      ? vscode.TestMessage.diff(text, about.expected, about.actual)
      : new vscode.TestMessage(text);
  if (place !== undefined) message.location = locationOf(root, place);
  return message;
}
