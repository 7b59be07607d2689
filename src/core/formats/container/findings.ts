import type { Finding, FindingData, Severity } from '../../model/finding.js';
import type { RepoPath } from '../../model/paths.js';
import type { Span } from '../../model/span.js';

/** Findings of one file that are told one by one; beyond, they are counted. */
export const MOST_CONFIG_FINDINGS = 200;

/** Severities from the worst. */
const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

/** The first position of a file. */
const START: Span = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

/** Collects what is found in one file, in bounded memory; the worst are always among what is kept. */
export class ConfigFindings {
  readonly #file: RepoPath;
  readonly #kept = new Map<Severity, Finding[]>(ORDER.map((severity) => [severity, []]));
  #more = 0;

  constructor(file: RepoPath) {
    this.#file = file;
  }

  /** Adds one at a place; without a span, at the beginning of the file. */
  add(severity: Severity, data: FindingData, span: Span = START): void {
    const kept = this.#kept.get(severity);
    if (kept === undefined || kept.length >= MOST_CONFIG_FINDINGS) this.#more += 1;
    else kept.push({ ...data, severity, place: { file: this.#file, span } });
  }

  /** Those that are kept, the worst first and each kind in the order of the file. */
  all(): Finding[] {
    const all = ORDER.flatMap((severity) => this.#kept.get(severity) ?? []);
    const listed = all.slice(0, MOST_CONFIG_FINDINGS);
    const times = this.#more + all.length - listed.length;
    if (times === 0) return listed;
    const place = { file: this.#file, span: START };
    return [...listed, { code: 'config-more', severity: 'info', times, place }];
  }
}

/** The findings of a file that is too large to be read: one. `limit` in UTF-16 units or bytes. */
export function tooLarge(file: RepoPath, limit: number): Finding[] {
  const findings = new ConfigFindings(file);
  findings.add('error', { code: 'config-too-large', limit });
  return findings.all();
}

/** Text without a byte-order mark: the editor drops it, so positions count from behind it. */
export const withoutMark = (text: string): string =>
  text.startsWith('\ufeff') ? text.slice(1) : text;
