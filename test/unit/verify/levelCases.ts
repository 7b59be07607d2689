/** What can stand before levels 1 and 2, one project each. */
import { rmSync } from 'node:fs';
import { at, DAY, NOW, sha256, utc } from './levelSupport.js';
import type { Repository } from './levelSupport.js';

export interface Case {
  readonly code: string;
  readonly name: string;
  /** What the project's level is then. */
  readonly level: 0 | 1 | 2;
  readonly spoil: (r: Repository) => void;
  /** Done when everything is on disk. */
  readonly after?: (r: Repository) => void;
  /** Part of the finding. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly remedy?: string;
  readonly where?: RegExp;
  /** Other codes that come with it. */
  readonly also?: readonly string[];
  readonly marker?: false;
}

export const remove = (name: string) => (r: Repository) => rmSync(r.at(name));
export const nothing = (): void => undefined;

/** One project a code where it alone holds the level back; in the repository as it comes, none does. */
export const CASES: readonly Case[] = [
  // Level 1
  {
    code: 'no-steps',
    name: 'only a declaration',
    level: 0,
    spoil: (r) => {
      r.stepList.splice(0, 2);
      const kept = ['AI_USAGE.md', 'reproduce.sh'];
      Object.keys(r.files).forEach((name) => kept.includes(name) || r.unpinned.add(name));
    },
    // The marker of the step that was there is nobody's.
    marker: false,
  },
  {
    code: 'download-unrecorded',
    name: 'of a step',
    level: 0,
    spoil: (r) => (r.downloads['generate'] = { sStepId: 'generate' }),
    data: { step: 'A01' },
  },
  {
    code: 'download-unrecorded',
    name: 'of a step that is gone',
    level: 0,
    spoil: (r) => (r.downloads['old'] = {}),
  },
  {
    code: 'input-data-undeclared',
    name: 'an empty list',
    level: 0,
    spoil: (r) => {
      r.step(1)['saInputDataFiles'] = [];
      r.step(1)['bNoInputData'] = false;
    },
    data: { step: 'A02' },
    remedy: 'declare-no-inputs',
    where: /saInputDataFiles/,
  },
  {
    code: 'input-data-undeclared',
    name: 'no key',
    level: 0,
    spoil: (r) => delete r.step(1)['bNoInputData'],
    where: /^\s*\{/,
  },
  {
    code: 'upstream-modified',
    name: 'by its flag',
    level: 0,
    spoil: (r) => (r.verification('draw')['bUpstreamModified'] = true),
    data: { step: 'A02', files: [] },
  },
  {
    code: 'upstream-modified',
    name: 'by its files',
    level: 0,
    spoil: (r) => (r.verification('draw')['listModifiedFiles'] = ['Draw/fig.svg']),
    data: { files: ['Draw/fig.svg'] },
  },
  {
    code: 'axis-not-green',
    name: 'failed',
    level: 0,
    spoil: (r) => (r.verification('generate')['sIntegrity'] = 'failed'),
    data: { axis: 'integrity', state: 'failed', axes: ['integrity'] },
    remedy: 'run-tests',
  },
  {
    code: 'axis-not-green',
    name: 'a word that is none',
    level: 0,
    spoil: (r) => (r.verification('generate')['sQuantitative'] = 'fine'),
    data: { state: 'error' },
  },
  {
    code: 'axis-not-green',
    name: 'an output that changed after the tests',
    level: 0,
    spoil: nothing,
    after: (r) => r.write({ 'Gen/out.csv': 'edited' }).pin(),
    data: { state: 'outputs-changed', first: 'Gen/out.csv' },
  },
  {
    code: 'axis-not-green',
    name: 'an input that changed after the tests',
    level: 0,
    spoil: nothing,
    after: (r) => r.write({ 'data/in.csv': '2\n' }).pin(),
    data: { state: 'outputs-changed', first: 'data/in.csv' },
  },
  {
    code: 'attestation-stale',
    name: 'recorded as stale',
    level: 0,
    spoil: (r) => (r.verification('draw')['sUser'] = 'stale'),
    data: { step: 'A02', files: [] },
    remedy: 'sign-off-step',
  },
  {
    code: 'attestation-stale',
    name: 'a figure that is not the one signed off',
    level: 0,
    spoil: (r) =>
      (r.verification('draw')['dictUserVerifiedHashes'] = { 'fig.svg': sha256('other') }),
    data: { files: ['Draw/fig.svg'] },
  },
  {
    code: 'user-not-approved',
    name: 'no state at all',
    level: 0,
    spoil: nothing,
    after: remove('.vaibify/state.json'),
    remedy: 'sign-off-step',
    also: ['ai-declaration-unattested'],
  },
  {
    code: 'user-not-approved',
    name: 'refused',
    level: 0,
    spoil: (r) => (r.verification('draw')['sUser'] = 'failed'),
    data: { step: 'A02' },
  },
  {
    code: 'schema',
    name: 'a step that is none',
    level: 0,
    spoil: (r) => r.stepList.push('step' as never),
  },
  // Level 2
  {
    code: 'remote-not-verified',
    name: 'never looked at',
    level: 1,
    spoil: (r) => delete r.sync['github'],
    data: { service: 'github', gap: 'never-checked' },
    remedy: 'verify-mirror',
    where: /"github"/,
  },
  {
    code: 'remote-not-verified',
    name: 'looked at too long ago',
    level: 1,
    spoil: (r) => (at(r.sync, 'zenodo')['sLastVerified'] = utc(NOW - DAY - 1000)),
    data: { service: 'zenodo', gap: 'stale' },
  },
  {
    code: 'remote-not-verified',
    name: 'looked at far in the future',
    level: 1,
    spoil: (r) => (at(r.sync, 'zenodo')['sLastVerified'] = utc(NOW + DAY + 1000)),
    data: { gap: 'stale' },
  },
  {
    code: 'remote-not-verified',
    name: 'a file that differs, joined with its step',
    level: 1,
    spoil: (r) =>
      Object.assign(at(r.sync, 'github'), {
        iMatching: 6,
        listDiverged: [{ sPath: 'Gen/out.csv', sExpected: null, sActual: null }],
      }),
    data: { gap: 'diverged', step: 'A01', first: 'Gen/out.csv', count: 1 },
  },
  {
    code: 'remote-not-verified',
    name: 'counts that do not add up',
    level: 1,
    spoil: (r) => (at(r.sync, 'github')['iMatching'] = 5),
    data: { gap: 'diverged', count: 2 },
  },
  {
    code: 'remote-not-verified',
    name: 'no files',
    level: 1,
    spoil: (r) => Object.assign(at(r.sync, 'github'), { iMatching: 0, iTotalFiles: 0 }),
    data: { gap: 'no-files' },
  },
  {
    code: 'remote-not-verified',
    name: 'another commit',
    level: 1,
    spoil: (r) => (at(r.document, 'dictRemotes', 'github')['sCommittedSha'] = 'd'.repeat(40)),
    data: { gap: 'other-commit' },
  },
  {
    code: 'remote-not-verified',
    name: 'no DOI',
    level: 1,
    spoil: (r) => (at(r.sync, 'zenodo')['sZenodoDoi'] = ''),
    data: { gap: 'no-doi' },
  },
  {
    code: 'remote-not-verified',
    name: 'another instance',
    level: 1,
    spoil: (r) => (at(r.sync, 'zenodo')['sEndpointVerified'] = 'sandbox'),
    data: { gap: 'other-endpoint' },
  },
  {
    code: 'remote-not-verified',
    name: 'arXiv, once it is named',
    level: 1,
    spoil: (r) => (at(r.document, 'dictRemotes')['arxiv'] = { sArxivId: '2601.1' }),
    data: { service: 'arxiv', gap: 'never-checked' },
  },
  {
    code: 'missing-ai-declaration-step',
    name: 'no such step',
    level: 1,
    spoil: (r) => {
      r.stepList.splice(2, 1);
      delete r.files['AI_USAGE.md'];
    },
    remedy: 'add-ai-declaration',
  },
  {
    code: 'ai-declaration-unattested',
    name: 'not signed off',
    level: 1,
    spoil: (r) => (r.verification('ai')['sUser'] = 'untested'),
    data: { step: 'I01' },
    remedy: 'sign-off-step',
  },
  {
    code: 'ai-models-undeclared',
    name: 'none',
    level: 1,
    spoil: (r) => delete at(r.document, 'dictAiProvenance')['listDeclaredModels'],
    data: { gap: 'none' },
    remedy: 'declare-models',
  },
  {
    code: 'ai-models-undeclared',
    name: 'open weights without a source',
    level: 1,
    spoil: (r) =>
      (at(r.document, 'dictAiProvenance', 'listDeclaredModels', 0)['bOpenWeights'] = true),
    data: { gap: 'incomplete' },
  },
  {
    code: 'personal-layer-undeclared',
    name: 'an answer that is none',
    level: 1,
    spoil: (r) => (at(r.document, 'dictAiProvenance', 'dictPersonalLayer')['sStatus'] = 'maybe'),
    where: /dictPersonalLayer/,
  },
];
