import type { Finding } from '../model/finding.js';
import type { Sha256 } from '../model/digest.js';
import type { Reference, Verdict } from '../model/reference.js';
import type { ReferenceAnswer } from '../projects/planReferences.js';

/** A verdict, and what a person should know of it. */
export interface Judged {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

/**
 * Compares an artifact with its references, as text and by the first, as FixOps's verifier does. The
 * others are compared with that one; with `strict` a disagreement is a mismatch.
 * @param answers The one that decides first; that one did not fail.
 */
export function judge(
  generated: Sha256,
  answers: readonly ReferenceAnswer[],
  { strict }: { readonly strict: boolean },
): Judged {
  const [first, ...others] = answers;
  if (first?.kind !== 'digest') {
    const verdict = { reason: 'no-reference', match: false, generated } as const;
    return { verdict, findings: [{ code: 'rebuild-no-reference', severity: 'error' }] };
  }
  const { reference } = first;
  const doubts = [
    ...first.findings.filter(isDoubt),
    ...others.flatMap((other) => doubtsOf(reference, other)),
  ];
  const equal = reference.digest === generated;
  const match = equal && !(strict && doubts.length > 0);
  const findings = [
    ...(equal ? [] : [mismatch(reference, generated)]),
    ...first.findings.filter((finding) => !isDoubt(finding)),
    ...doubts.map((doubt): Finding => (strict ? { ...doubt, severity: 'error' } : doubt)),
  ];
  return {
    verdict: { reason: match ? 'match' : 'mismatch', match, generated, reference },
    findings,
  };
}

/** What leaves open which digest is meant. */
const isDoubt = ({ code }: Finding): boolean =>
  code === 'rebuild-subjects-differ' || code === 'rebuild-first-subject';

function mismatch({ digest, source, place }: Reference, generated: Sha256): Finding {
  const severity = 'error';
  return digest.toLowerCase().replace(/^sha256:/, '') === generated
    ? { code: 'rebuild-spelling', severity, source, place }
    : { code: 'rebuild-mismatch', severity, expected: digest, actual: generated, source, place };
}

/** By value, not by spelling: two references that mean one digest agree. */
const meant = ({ digest }: Reference): string => digest.toLowerCase().replace(/^sha256:/, '');

function doubtsOf(used: Reference, other: ReferenceAnswer): Finding[] {
  if (other.kind === 'failed') {
    const { finding, source } = other;
    const place = finding.place;
    return [
      { ...finding, severity: 'warning' },
      {
        code: 'rebuild-unchecked',
        severity: 'warning',
        other: source,
        ...(place === undefined ? {} : { place }),
      },
    ];
  }
  const { reference, findings } = other;
  if (meant(reference) === meant(used)) return findings.filter(isDoubt);
  const disagreement: Finding = {
    code: 'rebuild-disagreement',
    severity: 'warning',
    used: used.source,
    usedDigest: used.digest,
    other: reference.source,
    otherDigest: reference.digest,
    place: reference.place,
  };
  return [disagreement, ...findings.filter(isDoubt)];
}
