import type { Finding } from '../../model/finding.js';
import type { RepoPath } from '../../model/paths.js';
import type { Span } from '../../model/span.js';
import { ConfigFindings, tooLarge, withoutMark } from '../container/findings.js';
import { isPinned, packageName } from '../container/packages.js';
import { checkRepositories } from '../container/repositories.js';
import type { Placed, Repository } from '../container/repositories.js';
import { imagePin } from '../dockerfile/images.js';
import { DEFAULT_BASE_IMAGE, SETTINGS } from './configKeys.js';
import { checkSettings } from './configSchema.js';
import { MOST_YAML, YamlText } from '../yaml/text.js';
import type { YamlMap, YamlNode } from '../yaml/text.js';

/** What a `vaibify.yml` says, as far as it matters here. */
export interface VaibifyConfig {
  readonly repositories: readonly Repository[];
  readonly findings: readonly Finding[];
}

/**
 * Reads a `vaibify.yml` of either generation (docs/container-files.md, section 4): what vaibify would
 * refuse is an error, what leaves open what is installed a warning or a note. Never throws.
 */
export function parseVaibifyConfig(text: string, file: RepoPath): VaibifyConfig {
  if (text.length > MOST_YAML) return { repositories: [], findings: tooLarge(file, MOST_YAML) };
  const findings = new ConfigFindings(file);
  const { root, problems } = new YamlText(withoutMark(text));
  for (const problem of problems) {
    const { span } = problem;
    if (problem.kind === 'refused')
      findings.add('error', { code: 'yaml-refused', why: problem.why }, span);
    else findings.add('error', { code: 'yaml-syntax', problem: problem.message }, span);
  }
  if (root?.kind !== 'map') {
    const data = { code: 'config-type', field: '(document)', expected: 'group' } as const;
    if (problems.length === 0) findings.add('error', data, root?.span);
    return { repositories: [], findings: findings.all() };
  }
  checkSettings(root, SETTINGS, { path: [], findings });
  const repositories = repositoriesOf(root);
  checkRepositories(repositories, findings);
  checkPins(root, findings);
  return { repositories, findings: findings.all() };
}

/** The value of a key; of several, the last. */
const valueOf = (map: YamlMap, key: string): YamlNode | undefined =>
  map.entries.findLast((entry) => entry.key === key)?.value;

/** Where a finding about something that is not there stands: at the first key. */
const openingOf = (map: YamlMap): Span => map.entries[0]?.keySpan ?? map.span;

/** A text, and any other plain value as it is written: its type was checked already. */
function placed(map: YamlMap, key: string): Placed | undefined {
  const value = valueOf(map, key);
  if (value?.kind !== 'scalar' || value.value === null) return undefined;
  const { value: read, source, span } = value;
  return { text: (typeof read === 'string' ? read : source).trim(), span };
}

function repositoriesOf(root: YamlMap): Repository[] {
  const list = valueOf(root, 'repositories');
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((item) => {
    if (item.kind !== 'map') return [];
    const [name, url, ref, method, destination] = [
      'name',
      'url',
      'branch',
      'installMethod',
      'destination',
    ].map((key) => placed(item, key));
    return [
      {
        ...(name === undefined ? {} : { name }),
        ...(url === undefined ? {} : { url }),
        ...(ref === undefined ? {} : { ref }),
        ...(method === undefined ? {} : { method }),
        ...(destination === undefined ? {} : { destination }),
        span: openingOf(item),
      },
    ];
  });
}

/** What is valid and still leaves open what the container holds. */
function checkPins(root: YamlMap, findings: ConfigFindings): void {
  const image = placed(root, 'baseImage');
  const problem = imagePin(image?.text ?? '').problem;
  if (image === undefined) {
    const data = { code: 'image-default', reference: DEFAULT_BASE_IMAGE } as const;
    findings.add('info', data, openingOf(root));
  } else if (problem !== undefined) findings.add('warning', problem, image.span);
  const isolation = valueOf(root, 'networkIsolation');
  if (isolation?.kind !== 'scalar' || isolation.value !== true) {
    const data = { code: 'network-open', stated: isolation !== undefined } as const;
    findings.add('info', data, isolation?.span ?? openingOf(root));
  }
  checkPackages(root, findings);
  checkName(root, findings);
}

function checkPackages(root: YamlMap, findings: ConfigFindings): void {
  const packages = valueOf(root, 'pythonPackages');
  for (const item of packages?.kind === 'list' ? packages.items : []) {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') continue;
    const text = item.value.trim();
    if (isPinned('pip', text) !== false) continue;
    const data = { code: 'package-not-pinned', manager: 'pip', name: packageName(text) } as const;
    findings.add('warning', data, item.span);
  }
  const conda = valueOf(root, 'condaPackages');
  if (conda?.kind === 'list' && conda.items.length > 0) {
    findings.add('warning', { code: 'conda-refused' }, conda.span);
  }
}

/** Containers are named after the project, in lower case; until August 2026 without blanks. */
function checkName(root: YamlMap, findings: ConfigFindings): void {
  const name = placed(root, 'projectName');
  if (name === undefined || !/^[a-zA-Z0-9][a-zA-Z0-9 _.-]{0,62}$/.test(name.text)) return;
  if (/^[a-z0-9][a-z0-9_.-]{0,62}$/.test(name.text)) return;
  findings.add('info', { code: 'config-name-case', name: name.text }, name.span);
}
