/** What is wrong with the paths, digests and references of a plan; again after `{tag}` is replaced. */
import type { Finding } from '../../model/finding.js';
import type { DigestProblem, PlanPathField } from '../../model/findings/plan.js';
import { destinationOf, literalDigest, planPath } from '../../model/plan.js';
import type { BuildPlan, PlanField, PlanPath, PlanSource, PlanText } from '../../model/plan.js';
import { ConfigFindings } from '../container/findings.js';

/** The token that stands for the tag of a release. */
export const TAG = '{tag}';

/** Findings about the texts of a plan, not about its form. Pure. */
export function checkTexts(plan: BuildPlan): Finding[] {
  const findings = new ConfigFindings(plan.file);
  const { artifact, expectedDigest } = plan;
  if (artifact !== undefined) checkArtifact(artifact, findings);
  for (const source of plan.sources) checkSource(source, findings);
  checkEverything(plan, findings);
  if (expectedDigest !== undefined) checkDigest(expectedDigest, findings);
  checkReferences(plan, findings);
  return findings.all();
}

function checkPath(
  path: PlanPath,
  text: PlanText,
  field: PlanPathField,
  findings: ConfigFindings,
): void {
  if (path.ok) return;
  const data = { code: 'plan-path', field, name: text.text, problem: path.problem } as const;
  findings.add('error', data, text.span);
}

function checkArtifact(artifact: PlanText, findings: ConfigFindings): void {
  const path = planPath(artifact.text);
  checkPath(path, artifact, 'artifact', findings);
  if (path.ok && path.path === '') {
    findings.add('error', { code: 'plan-artifact-directory' }, artifact.span);
  }
}

function checkSource(source: PlanSource, findings: ConfigFindings): void {
  const path = planPath(source.path.text);
  checkPath(path, source.path, 'source', findings);
  // Of a path that is refused already, the last component is no news.
  if (!path.ok && source.destination === undefined) return;
  checkPath(destinationOf(source), source.destination ?? source.path, 'destination', findings);
}

/** Whether some step takes care of what only this clone has. */
const CARES = /\.git\b|--exclude-vcs|git (?:archive|clean)/;

function checkEverything({ sources, steps }: BuildPlan, findings: ConfigFindings): void {
  const texts = steps.flatMap((step) => {
    if (step.kind === 'shell') return [step.script.text];
    return step.kind === 'exec' ? [step.words.map(({ text }) => text).join(' ')] : [];
  });
  if (texts.some((text) => CARES.test(text))) return;
  for (const { path } of sources) {
    const read = planPath(path.text);
    if (!read.ok || read.path !== '') continue;
    findings.add('info', { code: 'plan-source-everything' }, path.span);
  }
}

function checkDigest(digest: PlanField, findings: ConfigFindings): void {
  if (digest.text.includes(TAG)) return;
  const problem = digestProblem(digest);
  if (problem === undefined) return;
  const severity = problem === 'empty' || problem === 'unquoted' ? 'warning' : 'error';
  findings.add(severity, { code: 'plan-digest', problem }, digest.span);
}

function digestProblem({ text, style }: PlanText): DigestProblem | undefined {
  const digest = literalDigest(text);
  if (digest === undefined) return 'empty';
  const colon = text.indexOf(':');
  if (colon >= 0 && text.slice(0, colon).trim().toLowerCase() !== 'sha256') return 'algorithm';
  if (!/^[0-9a-fA-F]{64}$/.test(digest)) return 'malformed';
  if (/[A-F]/.test(digest)) return 'upper-case';
  // 1e10 with sixty digits more is a float to YAML 1.2.
  return style === 'plain' && /^\d+e\d+$/.test(text) ? 'unquoted' : undefined;
}

function checkReferences(plan: BuildPlan, findings: ConfigFindings): void {
  const { expectedDigest, referenceAttestation, referenceArtifact, artifact } = plan;
  for (const field of [referenceAttestation, referenceArtifact]) {
    if (field !== undefined) checkPath(planPath(field.text), field, 'reference', findings);
  }
  const digest =
    expectedDigest === undefined || literalDigest(expectedDigest.text) === undefined
      ? undefined
      : expectedDigest;
  const given = [digest, referenceAttestation, referenceArtifact].filter(
    (field): field is PlanField => field !== undefined,
  );
  const [first, ...others] = given;
  if (first === undefined) {
    // A plan without an artifact has worse problems, and one whose digest cannot be read has one.
    const isUnread = plan.structure.some(
      (each) => each.code === 'plan-shape' && each.field === 'expected_digest',
    );
    if (artifact === undefined || isUnread) return;
    findings.add('warning', { code: 'plan-no-reference' }, artifact.keySpan);
  } else if (others.length > 0) {
    const keys = others.map(({ key }) => key);
    findings.add('info', { code: 'plan-references', used: first.key, others: keys }, first.keySpan);
  }
}
