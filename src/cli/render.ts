/** How values look in the terminal and in JSON documents; every command renders through here. */
import path from 'node:path';
import { codeOf } from '../core/model/finding.js';
import type { Finding } from '../core/model/finding.js';
import type { Pin } from '../core/model/project.js';
import type { Place } from '../core/model/place.js';
import { STATES } from '../core/model/status.js';
import type { FileStatus } from '../core/model/status.js';
import { absolutePath } from '../core/system/files.js';
import { sentence } from '../core/words/findings.js';
import { printable } from '../core/words/printable.js';
import { fileSentence } from '../core/words/states.js';
import type { Paint } from './terminal.js';

/** How lines are drawn, and the directory that the places in them are relative to. */
export interface Drawing {
  readonly paint: Paint;
  readonly root: string;
}

/**
 * A file as the user can give it to the next command and a terminal can link it: from the current
 * directory, or in full where it lies elsewhere.
 */
export function shownPath(absolute: string): string {
  const relative = path.relative('', absolute);
  const beyond = relative === '..' || relative.startsWith(`..${path.sep}`);
  return printable(beyond || path.isAbsolute(relative) ? absolute : relative);
}

/**
 * `file:line:column: severity code: message`: the form that compilers use, which editors' problem
 * matchers and terminals link. A finding without a place has no such prefix.
 */
export function findingLine(finding: Finding, { paint, root }: Drawing): string {
  const tint = finding.severity === 'info' ? paint.dim : paint.bad;
  return `${placePrefix(finding.place, root)}${tint(`${finding.severity} ${codeOf(finding)}`)}: ${sentence(finding)}`;
}

/** The line of one entry that does not hold, at its place in the manifest. */
export function entryLine(pin: Pin, status: FileStatus, { paint, root }: Drawing): string {
  const tint = STATES[status.kind].weight === 'problem' ? paint.bad : paint.dim;
  const severity = STATES[status.kind].weight === 'problem' ? 'warning' : 'info';
  return `${placePrefix(pin.place, root)}${tint(`${severity} ${status.kind}`)}: ${printable(pin.name)}: ${fileSentence(pin.path, status)}`;
}

/** Where a line of output points to; nothing for what has no place. */
export function placePrefix(place: Place | undefined, root: string): string {
  if (place === undefined) return '';
  const { line, column } = place.span.start;
  return `${shownPath(absolutePath(root, place.file))}:${line}:${column}: `;
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
