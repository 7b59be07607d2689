/** The Markdown of a hover in a build plan. Knows nothing of the editor; escapes whatever a file says. */
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { BuildMark } from '../core/model/build.js';
import { projectKey } from '../core/model/project.js';
import { STATES } from '../core/model/status.js';
import { claim, markWord, rebuildSentence, subjectTitle } from '../core/words/build.js';
import { commandLink, plain } from '../core/words/markdown.js';
import { age } from '../core/words/states.js';
import { COMMANDS } from './contributions.js';
import type { CommandId } from './contributions.js';
import { hasAttestation } from './planView.js';
import type { PlanView } from './planView.js';

/** The commands that such a hover may run. */
export const PLAN_COMMANDS: readonly CommandId[] = [
  COMMANDS.rebuild,
  COMMANDS.seedReference,
  COMMANDS.openAttestation,
  COMMANDS.findCause,
];

/** What is known of one thing that a plan names. `now` in milliseconds since 1970. */
export function planHover(mark: BuildMark, view: PlanView, now: number): string {
  const head = `**${plain(`${STATES[mark.state].glyph} ${markWord(mark, view.state)}`)}** · ${plain(
    subjectTitle(mark, view.facts),
  )}`;
  return [head, digests(mark, view), said(mark, view, now), actions(view)]
    .filter((text) => text !== '')
    .join('\n\n');
}

/** What was rebuilt, and what it is compared with, below each other. */
function digests(mark: BuildMark, { state }: PlanView): string {
  const rows: string[] = [];
  if (mark.subject.kind === 'source' && mark.subject.digest !== undefined) {
    rows.push(row(l10n.t('on disk'), mark.subject.digest));
  }
  rows.push(...compared(mark, state));
  return rows.length === 0 ? '' : ['| | SHA-256 |', '|:--|:--|', ...rows].join('\n');
}

/** What was rebuilt, and what it must equal. */
function compared(mark: BuildMark, state: PlanView['state']): string[] {
  if (mark.subject.kind !== 'artifact' && mark.subject.kind !== 'reference') return [];
  const rows: string[] = [];
  const { last } = state;
  if (last?.detail.kind === 'rebuilt') rows.push(row(l10n.t('rebuilt'), last.detail.generated));
  for (const { subject } of state.marks) {
    if (subject.kind !== 'reference' || subject.digest === undefined) continue;
    if (mark.subject.kind === 'reference' && mark.subject.key !== subject.key) continue;
    rows.push(row(subject.key, subject.digest));
  }
  return rows;
}

const row = (label: string, digest: string): string => `| ${plain(label)} | ${plain(digest)} |`;

function said({ subject }: BuildMark, { project, facts, state }: PlanView, now: number): string {
  const lines: string[] = [];
  if (state.last !== undefined) lines.push(rebuildSentence(state.last, now));
  if (state.last?.detail.kind === 'rebuilt') {
    const { attestation } = state.last.detail;
    lines.push(l10n.t('Attested in {0}.', path.relative(project.root, attestation)));
  }
  if (state.outdated)
    lines.push(l10n.t('A source has changed since the last rebuild; rebuild to know.'));
  // Of its own rebuild the file says nothing new.
  if (facts.record !== undefined && facts.record.generated !== madeHere(state)) {
    lines.push(l10n.t('{0}, {1}.', claim(facts.record), age(now - facts.record.verifiedAt)));
  }
  if (state.last === undefined && facts.record === undefined) {
    lines.push(l10n.t('Nothing was rebuilt yet.'));
  }
  if (subject.kind === 'source') lines.push(sourceSentence(subject.source, now));
  if (subject.kind === 'step') lines.push(stepSentence(subject.step));
  return lines.map(plain).join('  \n');
}

const stepSentence = ({ kind }: Extract<BuildMark['subject'], { kind: 'step' }>['step']): string =>
  kind === 'shell'
    ? l10n.t('Its text goes to /bin/sh, in the workspace.')
    : l10n.t('The program is started directly, in the workspace.');

const madeHere = ({ last }: PlanView['state']): string | undefined =>
  last?.detail.kind === 'rebuilt' ? last.detail.generated : undefined;

function sourceSentence(
  { kind, changedAt }: Extract<BuildMark['subject'], { kind: 'source' }>['source'],
  now: number,
): string {
  if (kind !== 'file' && kind !== 'directory')
    return l10n.t('It cannot be copied into the workspace.');
  return changedAt === undefined
    ? l10n.t('Whether anything below it has changed since is not known here.')
    : l10n.t('The newest change below it was made {0}.', age(now - changedAt));
}

function actions(view: PlanView): string {
  const { project, state } = view;
  const argument = { key: projectKey(project) };
  const links = [
    link('play', l10n.t('Rebuild…'), COMMANDS.rebuild, argument),
    link('git-commit', l10n.t('Seed reference…'), COMMANDS.seedReference, argument),
    ...(hasAttestation(view)
      ? [link('file-code', l10n.t('Open attestation'), COMMANDS.openAttestation, argument)]
      : []),
    ...(state.artifact.kind === 'drifted'
      ? [link('search', l10n.t('Find the cause…'), COMMANDS.findCause, argument)]
      : []),
  ];
  return `---\n\n${links.join(' · ')}`;
}

const link = (icon: string, title: string, command: CommandId, argument: object): string =>
  commandLink(`$(${icon}) ${plain(title)}`, command, argument);
