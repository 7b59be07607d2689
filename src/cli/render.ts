/** How values look in the terminal and in JSON documents; every command renders through here. */
import { codeOf } from '../core/model/finding.js';
import type { Finding } from '../core/model/finding.js';
import type { Pin, Place } from '../core/model/project.js';
import { STATES } from '../core/model/status.js';
import type { FileStatus } from '../core/model/status.js';
import { sentence } from '../core/words/findings.js';
import { printable } from '../core/words/printable.js';
import { stateSentence } from '../core/words/states.js';
import type { Paint } from './terminal.js';

/**
 * `file:line:column: severity code: message`: the form that compilers use, which editors' problem
 * matchers and terminals link. A finding without a place has no such prefix.
 */
export function findingLine(finding: Finding, paint: Paint): string {
  const tint = finding.severity === 'info' ? paint.dim : paint.bad;
  return `${placePrefix(finding.place)}${tint(`${finding.severity} ${codeOf(finding)}`)}: ${sentence(finding)}`;
}

/** The line of one entry that does not hold, at its place in the manifest. */
export function entryLine(pin: Pin, status: FileStatus, paint: Paint): string {
  const tint = STATES[status.kind].weight === 'problem' ? paint.bad : paint.dim;
  const severity = STATES[status.kind].weight === 'problem' ? 'warning' : 'info';
  return `${placePrefix(pin.place)}${tint(`${severity} ${status.kind}`)}: ${printable(pin.name)}: ${stateSentence(status)}`;
}

function placePrefix(place: Place | undefined): string {
  if (place === undefined) return '';
  const { line, column } = place.span.start;
  return `${printable(place.file)}:${line}:${column}: `;
}

/** A finding in a JSON document. */
export interface FindingDocument {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly path?: string;
  readonly line?: number;
}

export function findingDocument(finding: Finding): FindingDocument {
  const path = 'path' in finding ? finding.path : finding.place?.file;
  return {
    code: codeOf(finding),
    severity: finding.severity,
    message: sentence(finding),
    ...(path === undefined ? {} : { path: path }),
    ...(finding.place === undefined ? {} : { line: finding.place.span.start.line }),
  };
}

/** The digests of a state: what was pinned and what is there; `null` is never written. */
export function digestsOf(status: FileStatus): { expected?: string; actual?: string } {
  switch (status.kind) {
    case 'verified':
      return { expected: status.actual, actual: status.actual };
    case 'drifted':
      return { expected: status.expected, actual: status.actual };
    case 'unpinned':
      return status.actual === undefined ? {} : { actual: status.actual };
    case 'missing':
    case 'pointer':
    case 'linked':
    case 'unreadable':
    case 'unknown':
      return status.expected === undefined ? {} : { expected: status.expected };
  }
}
