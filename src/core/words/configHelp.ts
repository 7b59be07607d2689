/** What the settings of container files mean: for completions, hovers and the JSON schema. */
import * as l10n from '@vscode/l10n';
import { CONTAINER_FIELDS } from '../formats/container/conf.js';
import { settingAt } from '../formats/vaibify/configKeys.js';
import type { Setting, SettingName } from '../formats/vaibify/configKeys.js';
import type { ContainerField } from '../model/findings/config.js';
import { typeWord } from './findings/configPhrases.js';
import { plain } from './markdown.js';

/** Total: a setting without a sentence does not compile. Asked for when drawn, for the translation. */
const SETTING_WORDS: Readonly<Record<SettingName, () => string>> = {
  projectName: () => l10n.t('Name of the project, and of its image and container.'),
  containerUser: () => l10n.t('User that the pipeline runs as inside the container.'),
  pythonVersion: () =>
    l10n.t('Version of Python inside the container. In quotes: YAML reads 3.10 as the number 3.1.'),
  baseImage: () =>
    l10n.t('Image that the container is built on. Only one with a digest stays the same.'),
  workspaceRoot: () => l10n.t('Folder inside the container that repositories are cloned into.'),
  packageManager: () => l10n.t('What installs Python packages.'),
  repositories: () => l10n.t('Repositories that are cloned into the container.'),
  name: () =>
    l10n.t('Name of the repository: one plain word, and its folder unless another is given.'),
  url: () => l10n.t('Where the repository is cloned from, without a password or token.'),
  branch: () =>
    l10n.t(
      'What is cloned: a tag or all 40 digits of a commit. A branch moves, and the container with it.',
    ),
  installMethod: () => l10n.t('How the repository is installed.'),
  destination: () => l10n.t('Folder below the workspace that the repository is cloned into.'),
  systemPackages: () => l10n.t('Packages of the operating system that are installed with apt.'),
  pythonPackages: () =>
    l10n.t('Python packages. Only a version after "==" stays the same: numpy==1.26.4.'),
  pipInstallFlags: () => l10n.t('Options that pip is called with.'),
  condaPackages: () => l10n.t('Packages of conda. Refused since August 2026.'),
  binaries: () => l10n.t('Programs outside of the repositories that the pipeline uses.'),
  ports: () => l10n.t('Ports of the container that are reachable from this machine.'),
  bindMounts: () => l10n.t('Folders of this machine that are visible inside the container.'),
  secrets: () => l10n.t('Secrets that the container is given at run time. Names only, no values.'),
  networkIsolation: () =>
    l10n.t(
      'Runs the container without a network, so that nothing outside of it can influence results.',
    ),
  neverSleep: () => l10n.t('Keeps this machine awake while the container runs.'),
  dashboardPort: () => l10n.t('Port of the dashboard on this machine; 0 takes any free one.'),
  cpuLimit: () => l10n.t('Processors that the container may use; 0 for all.'),
  memoryLimitGigabytes: () => l10n.t('Memory that the container may use, in gigabytes; 0 for all.'),
  features: () => l10n.t('Parts of the image that are installed or left out.'),
  jupyter: () => l10n.t('Installs Jupyter.'),
  rLanguage: () => l10n.t('Installs R.'),
  julia: () => l10n.t('Installs Julia.'),
  database: () => l10n.t('Installs database tools.'),
  dvc: () => l10n.t('Installs DVC.'),
  nestedSampling: () => l10n.t('Installs libraries for nested sampling.'),
  latex: () => l10n.t('Installs LaTeX.'),
  claude: () => l10n.t('Installs the agent Claude Code.'),
  claudeAutoUpdate: () => selfUpdate('Claude Code'),
  codex: () => l10n.t('Installs the agent {0}.', 'Codex'),
  codexAutoUpdate: () => selfUpdate('Codex'),
  gemini: () => l10n.t('Installs the agent {0}.', 'Gemini'),
  geminiAutoUpdate: () => selfUpdate('Gemini'),
  opencode: () => l10n.t('Installs the agent {0}.', 'OpenCode'),
  opencodeAutoUpdate: () => selfUpdate('OpenCode'),
  cline: () => l10n.t('Installs the agent {0}.', 'Cline'),
  clineAutoUpdate: () => selfUpdate('Cline'),
  openhands: () => l10n.t('Installs the agent {0}.', 'OpenHands'),
  openhandsAutoUpdate: () => selfUpdate('OpenHands'),
  pi: () => l10n.t('Installs the agent {0}.', 'Pi'),
  piAutoUpdate: () => selfUpdate('Pi'),
  gpu: () => l10n.t('Makes the graphics processors of this machine usable inside the container.'),
  reproducibility: () => l10n.t('Where the project is published.'),
  zenodoService: () => l10n.t('Which instance of Zenodo: the test service, or the real one.'),
  latexRoot: () => l10n.t('Folder of the manuscript.'),
  figuresRoot: () => l10n.t('Folder of the figures in the manuscript.'),
  overleaf: () => l10n.t('The manuscript on Overleaf.'),
  projectId: () => l10n.t('Identifier of the project on Overleaf.'),
  figureDirectory: () => l10n.t('Folder on Overleaf that figures are pushed to.'),
  pullPaths: () => l10n.t('Paths on Overleaf that are pulled.'),
};

const selfUpdate = (agent: string): string =>
  l10n.t('Lets {0} update itself, so that the container does not stay as it was built.', agent);

/** What a setting means, as plain text; `undefined` for keys that are no settings. */
export function settingText(path: readonly string[]): string | undefined {
  if (settingAt(path) === undefined) return undefined;
  return SETTING_WORDS[path.at(-1) as SettingName]();
}

/** What is known of a setting, as Markdown. */
export function settingMarkdown(path: readonly string[]): string | undefined {
  const setting = settingAt(path);
  const text = settingText(path);
  if (setting === undefined || text === undefined) return undefined;
  const facts = [
    expectation(setting),
    setting.default === undefined ? '' : l10n.t('Default: {0}', setting.default),
    setting.recent === undefined ? '' : l10n.t('Since August 2026'),
  ];
  const line = facts.filter((fact) => fact !== '').map(plain);
  return [`**${plain(path.at(-1) ?? '')}** — ${plain(text)}`, line.join(' · ')].join('\n\n');
}

/** What a setting holds: `one of pip, conda, mamba`. */
export function expectation({ value }: Setting): string {
  switch (value.type) {
    case 'choice':
      return l10n.t('One of {0}', value.choices.join(', '));
    case 'records':
      return typeWord('list');
    case 'text':
    case 'switch':
    case 'integer':
    case 'number':
    case 'list':
    case 'group':
      return typeWord(value.type);
  }
}

/** What a field of `container.conf` means, as Markdown. */
export const fieldMarkdown = (field: ContainerField): string =>
  `**${plain(field)}** (${CONTAINER_FIELDS.map((each) => (each === field ? `**${each}**` : each)).join('|')}) — ${plain(FIELD_WORDS[field]())}`;

const FIELD_WORDS: Readonly<Record<ContainerField, () => string>> = {
  name: SETTING_WORDS.name,
  url: SETTING_WORDS.url,
  branch: SETTING_WORDS.branch,
  method: SETTING_WORDS.installMethod,
  destination: SETTING_WORDS.destination,
};

/** What a method of installation does. */
export function methodText(method: string): string | undefined {
  switch (method) {
    case 'c_and_pip':
      return l10n.t('Compiles C code, then installs with pip.');
    case 'pip_no_deps':
      return l10n.t('Installs with pip, without its dependencies.');
    case 'pip_editable':
      return l10n.t('Installs with pip in editable mode.');
    case 'scripts_only':
      return l10n.t('Makes its scripts callable and installs nothing.');
    case 'reference':
      return l10n.t('Clones it to be read, and installs nothing.');
    default:
      return undefined;
  }
}
