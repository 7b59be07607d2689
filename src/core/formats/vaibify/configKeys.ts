/**
 * The settings of `vaibify.yml` in both generations (docs/container-files.md, section 4). The one
 * table that the reader, the JSON schema, the completions and the hovers are made from.
 */
import type { TextRule } from '../../model/findings/config.js';
import { METHODS } from '../container/repositories.js';

/** What a setting holds. */
export type ValueSpec =
  | { readonly type: 'text'; readonly rule?: TextRule }
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  | { readonly type: 'switch' }
  | {
      readonly type: 'integer' | 'number';
      readonly least: number;
      readonly most?: number;
      /** Whether 0 is allowed although it is below `least`; it means that nothing is set. */
      readonly zero: boolean;
    }
  /** `of`: what its elements are; absent where the formats differ. */
  | { readonly type: 'list'; readonly of?: 'text' }
  | { readonly type: 'records'; readonly fields: Readonly<Record<string, Setting>> }
  | { readonly type: 'group'; readonly fields: Readonly<Record<string, Setting>> };

/** One setting. */
export interface Setting {
  readonly value: ValueSpec;
  /** As it would be written; absent where leaving it out means that nothing is set. */
  readonly default?: string;
  readonly required?: true;
  /** Known since the generation of August 2026 only. */
  readonly recent?: true;
}

const text = (more: Omit<Setting, 'value'> = {}, rule?: TextRule): Setting => ({
  value: rule === undefined ? { type: 'text' } : { type: 'text', rule },
  ...more,
});
const choice = (choices: readonly string[], more: Omit<Setting, 'value'> = {}): Setting => ({
  value: { type: 'choice', choices },
  ...more,
});
const on: Setting = { value: { type: 'switch' }, default: 'true' };
const off: Setting = { value: { type: 'switch' }, default: 'false' };
const recent = (setting: Setting): Setting => ({ ...setting, recent: true });
const texts: Setting = { value: { type: 'list', of: 'text' } };
const list: Setting = { value: { type: 'list' } };

const FEATURES = {
  jupyter: off,
  rLanguage: off,
  julia: off,
  database: off,
  dvc: off,
  nestedSampling: recent(off),
  latex: on,
  claude: off,
  claudeAutoUpdate: on,
  codex: recent(off),
  codexAutoUpdate: recent(on),
  gemini: recent(off),
  geminiAutoUpdate: recent(on),
  opencode: recent(off),
  opencodeAutoUpdate: recent(on),
  cline: recent(off),
  clineAutoUpdate: recent(on),
  openhands: recent(off),
  openhandsAutoUpdate: recent(on),
  pi: recent(off),
  piAutoUpdate: recent(on),
  gpu: off,
} as const satisfies Readonly<Record<string, Setting>>;

const REPOSITORY = {
  name: text({ required: true }),
  url: text({ required: true }),
  branch: text(),
  installMethod: choice(METHODS),
  destination: text(),
} as const satisfies Readonly<Record<string, Setting>>;

const OVERLEAF = {
  projectId: text(),
  figureDirectory: text({ default: 'figures' }),
  pullPaths: texts,
} as const satisfies Readonly<Record<string, Setting>>;

const REPRODUCIBILITY = {
  zenodoService: choice(['sandbox', 'zenodo'], { default: 'sandbox' }),
  latexRoot: text({ default: 'src/tex' }),
  figuresRoot: text({ default: 'src/tex/figures' }),
  overleaf: { value: { type: 'group', fields: OVERLEAF } },
} as const satisfies Readonly<Record<string, Setting>>;

/** The base image that is used when none is given. */
export const DEFAULT_BASE_IMAGE = 'ubuntu:24.04';

/** Every setting by its key, in the order in which the file is usually written. */
export const SETTINGS = {
  projectName: text({ required: true }, 'project-name'),
  containerUser: text({ default: 'researcher' }),
  pythonVersion: text({ default: '"3.12"' }, 'package-version'),
  baseImage: text({ default: DEFAULT_BASE_IMAGE }),
  workspaceRoot: text({ default: '/workspace' }, 'absolute-path'),
  packageManager: choice(['pip', 'conda', 'mamba'], { default: 'pip' }),
  repositories: { value: { type: 'records', fields: REPOSITORY } },
  systemPackages: texts,
  pythonPackages: texts,
  pipInstallFlags: text({ default: '"--prefer-binary"' }),
  condaPackages: texts,
  binaries: list,
  ports: list,
  bindMounts: list,
  secrets: list,
  networkIsolation: off,
  neverSleep: off,
  dashboardPort: recent({
    value: { type: 'integer', least: 1024, most: 65535, zero: true },
    default: '0',
  }),
  cpuLimit: recent({ value: { type: 'integer', least: 0, zero: false }, default: '0' }),
  memoryLimitGigabytes: recent({
    value: { type: 'number', least: 0.25, zero: true },
    default: '0',
  }),
  features: { value: { type: 'group', fields: FEATURES } },
  reproducibility: { value: { type: 'group', fields: REPRODUCIBILITY } },
} as const satisfies Readonly<Record<string, Setting>>;

/** The key of a setting, wherever it stands. */
export type SettingName =
  | keyof typeof SETTINGS
  | keyof typeof FEATURES
  | keyof typeof REPOSITORY
  | keyof typeof REPRODUCIBILITY
  | keyof typeof OVERLEAF;

type Fields = Readonly<Record<string, Setting>>;

/** The settings that may stand below a path of keys (`['features']`); none for any other path. */
export function settingsBelow(path: readonly string[]): Fields | undefined {
  let fields: Fields | undefined = SETTINGS;
  for (const key of path) {
    const value: ValueSpec | undefined = settingIn(fields, key)?.value;
    fields = value?.type === 'group' || value?.type === 'records' ? value.fields : undefined;
  }
  return fields;
}

/** The setting of a path of keys, elements of lists not counted (`['repositories', 'url']`). */
export const settingAt = (path: readonly string[]): Setting | undefined =>
  settingIn(settingsBelow(path.slice(0, -1)), path.at(-1) ?? '');

/** One of them by its key: `constructor` is none. */
export const settingIn = (fields: Fields | undefined, key: string): Setting | undefined =>
  fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
