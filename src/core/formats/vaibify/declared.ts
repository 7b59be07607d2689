import type { Finding } from '../../model/finding.js';
import type { RepoPath } from '../../model/paths.js';
import type { DeclaredFile } from '../../model/project.js';
import type { Role } from '../../model/place.js';
import type { VaibifyDocument, VaibifyEntry } from './document.js';

/**
 * How declarations became names of the manifest: `verbatim`, as written, in May and June 2026;
 * `joined` with the step's directory since 8 July 2026 (docs/vaibify.md, section 5).
 */
export type Convention = 'verbatim' | 'joined';

/** What a document declares under one convention, and what that convention cannot take. */
export interface Declared {
  readonly declared: readonly DeclaredFile[];
  readonly findings: readonly Finding[];
}

/** Declared outputs: entries of the lists that every era's manifest covers. */
export const isOutput = (entry: VaibifyEntry): boolean => entry.verbatim !== undefined;

/**
 * The files that a document declares under a convention. The first manifests covered outputs alone;
 * scripts, standards and tests came between May and July 2026, so `covered` names the further roles
 * that a verbatim manifest covers.
 */
export function declaredUnder(
  document: VaibifyDocument,
  convention: Convention,
  covered: ReadonlySet<Role> = new Set(),
): Declared {
  const declared: DeclaredFile[] = [];
  const findings: Finding[] = [];
  for (const entry of document.entries) {
    const verbatim = convention === 'verbatim';
    if (verbatim && !isOutput(entry) && !covered.has(entry.role)) continue;
    const result = verbatim && isOutput(entry) ? entry.verbatim : entry.joined;
    if (result?.ok === true) declared.push(declaredFile(entry, result.path));
    else findings.push(problemOf(entry, result));
  }
  return { declared, findings };
}

function declaredFile({ role, step, place }: VaibifyEntry, path: RepoPath): DeclaredFile {
  return { path, role, place, ...(step === undefined ? {} : { step }) };
}

function problemOf(entry: VaibifyEntry, result: VaibifyEntry['joined']): Finding {
  const { text: name, field, place } = entry;
  if (result === undefined || result.ok) {
    const severity = isOutput(entry) ? 'warning' : 'info';
    return { code: 'token-unresolved', severity, name, field, place };
  }
  const { problem } = result;
  return { code: 'declared-refused-path', severity: 'error', name, field, problem, place };
}
