/** The words for states of files: one for the eye, one sentence for the reader. */
import * as l10n from '@vscode/l10n';
import { shortDigest } from '../model/digest.js';
import type { Sha256 } from '../model/digest.js';
import { STATUS_KINDS } from '../model/status.js';
import type {
  Check,
  Counts,
  FileStatus,
  Pointer,
  StatusKind,
  UnreadableReason,
} from '../model/status.js';

/** The name of a state, for labels, filters and screen readers. */
export function stateWord(kind: StatusKind): string {
  switch (kind) {
    case 'verified':
      return l10n.t('verified');
    case 'drifted':
      return l10n.t('drifted');
    case 'missing':
      return l10n.t('missing');
    case 'unpinned':
      return l10n.t('not pinned');
    case 'pointer':
      return l10n.t('not fetched');
    case 'linked':
      return l10n.t('symbolic link');
    case 'unreadable':
      return l10n.t('unreadable');
    case 'unknown':
      return l10n.t('not checked');
  }
}

/** One sentence about one file's state. */
export function stateSentence(status: FileStatus): string {
  switch (status.kind) {
    case 'verified':
      return l10n.t('The bytes on disk are the pinned ones.');
    case 'drifted':
      return l10n.t(
        'The bytes on disk differ from the pin: expected {0}, got {1}.',
        shortDigest(status.expected),
        shortDigest(status.actual),
      );
    case 'missing':
      return status.expected === undefined
        ? l10n.t('The file is declared and does not exist.')
        : l10n.t('The file is pinned and does not exist.');
    case 'unpinned':
      return l10n.t('The file is declared, and the manifest has no pin for it.');
    case 'pointer':
      return pointerSentence(status.pointer, status.expected);
    case 'linked':
      return l10n.t(
        'The path runs through the symbolic link "{0}", which is not followed.',
        status.segment,
      );
    case 'unreadable':
      return unreadableSentence(status.reason);
    case 'unknown':
      return unknownSentence(status);
  }
}

/**
 * {@link stateSentence} for a file whose name is known. A backslash in the name of what is missing
 * tells of a manifest made on Windows, where it separates folders.
 */
export function fileSentence(path: string, status: FileStatus): string {
  const said = stateSentence(status);
  if (status.kind !== 'missing' || !path.includes('\\')) return said;
  return `${said} ${l10n.t('The name is written with "\\"; write "/" between folders.')}`;
}

function pointerSentence(pointer: Pointer, expected: Sha256 | undefined): string {
  const tool = pointer.kind === 'git-lfs' ? 'Git LFS' : 'git-annex';
  if (expected === undefined) {
    return l10n.t('The content was not fetched; this is a {0} pointer, and nothing pins it.', tool);
  }
  if (pointer.digest === undefined) {
    return l10n.t('The content was not fetched; this {0} pointer names no SHA-256.', tool);
  }
  return pointer.digest === expected
    ? l10n.t('The content was not fetched; the SHA-256 in this {0} pointer equals the pin.', tool)
    : l10n.t(
        'The content was not fetched; this {0} pointer names another SHA-256 ({1}) than the pin ({2}).',
        tool,
        shortDigest(pointer.digest),
        shortDigest(expected),
      );
}

function unreadableSentence(reason: UnreadableReason): string {
  switch (reason) {
    case 'permission':
      return l10n.t('The file cannot be read: permission denied.');
    case 'directory':
      return l10n.t('The path is a directory; only files can be pinned.');
    case 'special':
      return l10n.t('The path is no regular file (a device, pipe or socket); it was not opened.');
    case 'io':
      return l10n.t('The file cannot be read: the disk reported an error.');
  }
}

function unknownSentence(status: FileStatus & { kind: 'unknown' }): string {
  switch (status.reason) {
    case 'not-checked':
      return l10n.t('The file was not checked yet.');
    case 'too-large':
      return l10n.t(
        'The file is larger than the limit for automatic checks; verify it explicitly.',
      );
    case 'changed-while-read':
      return l10n.t('The file changed while it was read; check it again.');
    case 'cancelled':
      return l10n.t('The check was cancelled.');
    case 'not-rebuilt':
      return l10n.t('Nothing was rebuilt on this computer that it could be compared with.');
    case 'sources-changed':
      return l10n.t('A source has changed since the last rebuild; rebuild to know.');
  }
}

/** How and when the bytes were looked at. `now` in milliseconds since 1970. */
export function checkSentence(check: Check, now: number): string {
  const when = age(now - check.at);
  switch (check.how) {
    case 'read':
      return l10n.t('Every byte was read {0}.', when);
    case 'unchanged':
      return l10n.t('Every byte was read {0}; size and times are the same since.', when);
    case 'rebuilt':
      return l10n.t('Made again from its sources {0}.', when);
  }
}

/** An age in words, coarse on purpose. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 5) return l10n.t('just now');
  if (seconds < 60) return l10n.t('{0} s ago', seconds);
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return l10n.t('{0} min ago', minutes);
  const hours = Math.round(minutes / 60);
  return hours < 48 ? l10n.t('{0} h ago', hours) : l10n.t('{0} days ago', Math.round(hours / 24));
}

/** A size in words, in powers of 1024. */
export function fileSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** `2 drifted, 1 missing, 44 verified`, worst first; states without files are left out. */
export function countsPhrase(counts: Counts, leaveOut: readonly StatusKind[] = []): string {
  return STATUS_KINDS.filter((kind) => counts[kind] > 0 && !leaveOut.includes(kind))
    .map((kind) => `${counts[kind]} ${stateWord(kind)}`)
    .join(', ');
}
