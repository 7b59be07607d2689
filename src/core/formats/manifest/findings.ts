import type { Finding, Leniency } from '../../model/finding.js';
import type { Place } from '../../model/place.js';

/** The codes of findings that a manifest can have one of for every line. */
export type LineCode =
  'manifest-malformed-line' | 'manifest-refused-path' | 'manifest-duplicate' | 'manifest-conflict';

type LineFinding = Finding & { readonly code: LineCode };

/** Findings of one code that are kept one by one; beyond, they are counted. */
export const MAX_LISTED = 1000;

/**
 * Collects what a reader finds, in bounded memory: a manifest of a million bad lines must not cost
 * a million findings. The first {@link MAX_LISTED} of every code are kept, so that the worst
 * severity is always there; how many more there were is in {@link unlisted}.
 */
export class ManifestFindings {
  readonly #listed: LineFinding[] = [];
  readonly #counts = new Map<LineCode, number>();
  readonly #lenient = new Map<Leniency, { line: number; times: number; place: Place }>();

  /** Whether a finding of this code would be kept; asked before an expensive one is made. */
  counts(code: LineCode): boolean {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    return count <= MAX_LISTED;
  }

  /** Keeps a finding for which {@link counts} said yes. */
  add(finding: LineFinding): void {
    this.#listed.push(finding);
  }

  /** Notes one more use of a leniency; `place` is asked for at the first. */
  lenient(leniency: Leniency, line: number, place: () => Place): void {
    const known = this.#lenient.get(leniency);
    if (known === undefined) this.#lenient.set(leniency, { line, times: 1, place: place() });
    else known.times += 1;
  }

  /** How many findings of a code were counted and not kept. */
  unlisted(code: LineCode): number {
    return Math.max(0, (this.#counts.get(code) ?? 0) - MAX_LISTED);
  }

  /** Every finding so far: those of single lines by line, then the leniencies. */
  all(): Finding[] {
    const findings: Finding[] = [...this.#listed];
    const times = this.unlisted('manifest-malformed-line');
    if (times > 0) findings.push({ code: 'manifest-malformed-more', severity: 'error', times });
    for (const [leniency, found] of this.#lenient) {
      findings.push({ code: 'manifest-lenient', severity: 'info', leniency, ...found });
    }
    return findings;
  }
}
