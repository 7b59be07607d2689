import type { RepoPath } from '../../model/paths.js';
import type { BuildPlan } from '../../model/plan.js';
import { ConfigFindings, withoutMark } from '../container/findings.js';
import { checkTexts } from './check.js';
import { PlanReader } from './reader.js';
import { MOST_YAML, YamlText } from '../yaml/text.js';

/** What PyYAML reads nowhere in a document. */
const CONTROL = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ufffd]/u;

/**
 * Whether a text is a build plan: `artifact` and `steps` (or `build_steps`) at its top. Decided by the
 * lines, so that a plan stays one while it is being written. Cheap, and bounded by {@link MOST_YAML}.
 */
export function isPlan(text: string): boolean {
  if (text.length > MOST_YAML || !text.includes('artifact') || !text.includes('steps'))
    return false;
  const bare = withoutMark(text);
  if (!bare.trimStart().startsWith('{')) {
    return (
      /^(["']?)artifact\1[ \t]*:/m.test(bare) && /^(["']?)(?:build_)?steps\1[ \t]*:/m.test(bare)
    );
  }
  const { root } = new YamlText(bare);
  const keys = root?.kind === 'map' ? root.entries.map(({ key }) => key) : [];
  return keys.includes('artifact') && (keys.includes('steps') || keys.includes('build_steps'));
}

/**
 * Reads a build plan as FixOps does (docs/plan.md): YAML 1.1 scalars, the last of equal keys, aliases
 * of keys, texts as Python spells them. `{tag}` is left as it is. Never throws: what is wrong is a
 * finding, and `refusals(plan)` says whether it can be run at all.
 *
 * @param text Bytes that are not UTF-8 as lone surrogates, as `decodeText` gives them.
 */
export function parsePlan(text: string, file: RepoPath): BuildPlan {
  const findings = new ConfigFindings(file);
  const bare = withoutMark(text);
  const plan = { file, ...readText(bare, findings) };
  const structure = findings.all();
  const read = { ...plan, structure, findings: structure };
  return { ...read, findings: [...structure, ...checkTexts(read)] };
}

type Content = Omit<BuildPlan, 'file' | 'structure' | 'findings'>;

const EMPTY: Content = { sources: [], steps: [], environment: [], keys: new Map() };

function readText(text: string, findings: ConfigFindings): Content {
  if (text.length > MOST_YAML) {
    findings.add('error', { code: 'config-too-large', limit: MOST_YAML });
    return EMPTY;
  }
  if (!text.isWellFormed()) {
    findings.add('error', { code: 'not-utf8' });
    return EMPTY;
  }
  const reader = new PlanReader(text, findings);
  const control = CONTROL.exec(text);
  if (control !== null) reader.refuseCharacter(control[0], control.index);
  const { root, problems } = new YamlText(text);
  for (const problem of problems) {
    const { span } = problem;
    if (problem.kind === 'refused') {
      findings.add('error', { code: 'yaml-refused', why: problem.why }, span);
    } else findings.add('error', { code: 'yaml-syntax', problem: problem.message }, span);
  }
  if (root?.kind === 'map') return reader.read(root);
  if (problems.length === 0) findings.add('error', { code: 'plan-document' }, root?.span);
  return EMPTY;
}
