/**
 * Every identifier that package.json and the code share, typed. A plain test compares both sides:
 * what stands here and not there, or there and not here, fails it.
 */

/** Commands, by what they do. Those of `INTERNAL` take arguments and are kept out of the palette. */
export const COMMANDS = {
  verifyAll: 'reprolens.verifyAll',
  verifyFile: 'reprolens.verifyFile',
  regenerateManifest: 'reprolens.regenerateManifest',
  addToManifest: 'reprolens.addToManifest',
  copyDigest: 'reprolens.copyDigest',
  revealDeclaration: 'reprolens.revealDeclaration',
  openDiff: 'reprolens.openDiff',
  refresh: 'reprolens.refresh',
  showProblemsOnly: 'reprolens.showProblemsOnly',
  showAllFiles: 'reprolens.showAllFiles',
  showLog: 'reprolens.showLog',
  initializeGit: 'reprolens.initializeGit',
  whyNot: 'reprolens.whyNot',
  signOffStep: 'reprolens.signOffStep',
  applyRemedy: 'reprolens.applyRemedy',
  captureEnvironment: 'reprolens.captureEnvironment',
  writeLock: 'reprolens.writeLock',
  rerun: 'reprolens.rerun',
  rebuild: 'reprolens.rebuild',
  seedReference: 'reprolens.seedReference',
  openAttestation: 'reprolens.openAttestation',
  findCause: 'reprolens.findCause',
  writeWorkflow: 'reprolens.writeWorkflow',
} as const;
export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

/** Settings with the type that their schema in package.json promises; defaults live there only. */
export interface Settings {
  'reprolens.automaticCheck': boolean;
  'reprolens.automaticCheckLimit': number;
  'reprolens.exclude': string[];
  'reprolens.followLinks': boolean;
  'reprolens.explorerBadges': 'problems' | 'all' | 'off';
  'reprolens.gutter': boolean;
  'reprolens.codeLens': boolean;
  'reprolens.inlineDigest': 'currentLine' | 'allLines' | 'off';
  'reprolens.statusBar': 'always' | 'problems' | 'off';
  'reprolens.regenerateEnvelope': 'ask' | 'always' | 'never';
  'reprolens.plans': string[];
}
export type SettingKey = keyof Settings;

/** The keys of {@link Settings} as values; `satisfies` keeps the two lists equal. */
export const SETTINGS = {
  'reprolens.automaticCheck': true,
  'reprolens.automaticCheckLimit': true,
  'reprolens.exclude': true,
  'reprolens.followLinks': true,
  'reprolens.explorerBadges': true,
  'reprolens.gutter': true,
  'reprolens.codeLens': true,
  'reprolens.inlineDigest': true,
  'reprolens.statusBar': true,
  'reprolens.regenerateEnvelope': true,
  'reprolens.plans': true,
} as const satisfies Readonly<Record<SettingKey, true>>;

/** Keys of `when` clauses that the code sets. */
export const CONTEXT_KEYS = {
  hasProject: 'reprolens.hasProject',
  hasPipeline: 'reprolens.hasPipeline',
  hasPlan: 'reprolens.hasPlan',
  problemsOnly: 'reprolens.problemsOnly',
} as const;

export const TASK_TYPE = 'reprolens';
export const PROBLEM_MATCHER = 'reprolens';
/** Owner of diagnostics: the task's problem matcher uses the same, so nothing is listed twice. */
export const DIAGNOSTICS_OWNER = 'reprolens';
export const MANIFEST_LANGUAGE = 'checksum-manifest';
export const VIEW = 'reprolens.projects';
export const VIEW_CONTAINER = 'reprolens';

/** Theme colours, by state. */
export const COLORS = {
  verified: 'reprolens.verifiedForeground',
  drifted: 'reprolens.driftedForeground',
  missing: 'reprolens.missingForeground',
  linked: 'reprolens.linkedForeground',
  unpinned: 'reprolens.unpinnedForeground',
  pointer: 'reprolens.pointerForeground',
  unreadable: 'reprolens.unreadableForeground',
  unknown: 'reprolens.unknownForeground',
} as const;
