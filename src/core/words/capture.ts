import * as l10n from '@vscode/l10n';
import type { CaptureError } from '../remotes/captureProblem.js';
import { printable } from './printable.js';

/** Why there is no capture, and what to do about it. */
export function captureSentence(error: CaptureError): string {
  const subject = printable(error.subject);
  switch (error.code) {
    case 'no-engine':
      return l10n.t('No container engine answers ({0}); start one and try again.', subject);
    case 'no-container':
      return l10n.t('There is no running container named "{0}"; start it and try again.', subject);
    case 'bad-reference':
      return l10n.t('"{0}" is no image reference; write name:tag or name@sha256:digest.', subject);
    case 'unresolved':
      return l10n.t(
        'Neither an engine nor the registry could tell which digest "{0}" has; pull it, or pin it as name@sha256:digest.',
        subject,
      );
    case 'nothing-declared':
      return l10n.t(
        '{0}: nothing names an image; give a running container with --container NAME, or write a Dockerfile.',
        subject,
      );
    case 'changed-meanwhile':
      return l10n.t('{0} changed in the meantime; nothing was written, so capture again.', subject);
    case 'cancelled':
      return l10n.t('The capture was cancelled; nothing was written.');
  }
}
