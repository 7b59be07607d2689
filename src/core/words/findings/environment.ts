/** Sentences of {@link EnvironmentFinding}, each with its remedy. */
import * as l10n from '@vscode/l10n';
import { shortDigest } from '../../model/digest.js';
import type { EnvironmentFinding, SystemTool } from '../../model/findings/environment.js';
import { printable } from '../printable.js';
import type { SentencesOf } from './sentences.js';

export const ENVIRONMENT: SentencesOf<EnvironmentFinding> = {
  'environment-json-syntax': (f) => l10n.t('This is not valid JSON: {0}.', f.problem),
  'environment-schema': (f) => l10n.t('"{0}": expected {1}.', printable(f.field), f.expected),
  'environment-schema-newer': (f) =>
    l10n.t('Schema version "{0}" is not known here; unknown keys are ignored.', shown(f.version)),
  'environment-no-image': () =>
    l10n.t('No image digest is recorded; capture the environment again.'),
  'environment-unpinned': (f) =>
    l10n.t(
      '"{0}" pins no image: it must end in "@sha256:" and 64 small hexadecimal digits.',
      shown(f.reference),
    ),
  'environment-two-images': (f) =>
    l10n.t(
      'Another image is recorded besides: "{0}". Readers differ in which of the two they take.',
      shown(f.other),
    ),
  'environment-host-mode': () =>
    l10n.t('Captured without a container: there is no image that could be checked.'),
  'image-local-only': (f) =>
    f.held
      ? l10n.t('No registry has this image, only this machine; push it and capture again.')
      : l10n.t(
          'No registry has this image, and neither does this machine; push it where it is and capture again.',
        ),
  'image-missing': (f) =>
    l10n.t(
      'The registry no longer has "{0}". Push the image again; its digest must be the same.',
      shown(f.reference),
    ),
  'image-manifest-mismatch': (f) =>
    l10n.t(
      'The registry gives other bytes than those recorded: their digest is {1}, not {0}.',
      shortDigest(f.expected),
      shortDigest(f.actual),
    ),
  'image-manifest-malformed': (f) =>
    l10n.t('The image manifest cannot be read: {0}.', printable(f.problem)),
  'image-blob-missing': (f) =>
    l10n.t(
      'A part of the image is missing in the registry: {0}. Push the image again.',
      shortDigest(f.digest),
    ),
  'image-blob-mismatch': (f) =>
    f.actual === undefined
      ? l10n.t(
          'A part of the image has another size than its manifest says: {0}.',
          shortDigest(f.expected),
        )
      : l10n.t(
          'A part of the image has other bytes: their digest is {1}, not {0}.',
          shortDigest(f.expected),
          shortDigest(f.actual),
        ),
  'image-unauthorised': (f) =>
    l10n.t(
      '{0} lets nobody in without credentials; log in with "docker login {0}".',
      shown(f.registry),
    ),
  'image-unreachable': (f) =>
    l10n.t('{0} gives no answer: {1}. Try again when it does.', shown(f.registry), shown(f.reason)),
  'image-engine-refused': (f) =>
    l10n.t('{0} does not accept the image: {1}', f.engine, shown(f.reason)),
  'image-engine-absent': (f) =>
    l10n.t('{0} is not installed or does not answer; the registry is asked instead.', f.engine),
  'image-tag-moved': (f) =>
    l10n.t(
      'The tag "{0}" now names another image ({2}) than the one recorded ({1}), which is still what counts.',
      shown(f.tag),
      shortDigest(f.recorded),
      shortDigest(f.current),
    ),
  'capture-not-inspected': (f) =>
    l10n.t('"{0}" is recorded as it is declared; nothing looked at the image.', shown(f.reference)),
  'capture-unpublished': (f) =>
    l10n.t(
      'No registry has this image ("{0}"); push it and capture again, so that others can pull it.',
      shown(f.reference),
    ),
  'capture-unconfirmed': (f) =>
    l10n.t(
      'The registry of "{0}" gives no answer; that it has the image is the word of the engine alone.',
      shown(f.reference),
    ),
  'capture-base-image': (f) =>
    l10n.t(
      '"{0}" is the base image of the Dockerfile, not the image that is built from it; name a running container to record that one.',
      shown(f.reference),
    ),
  'capture-tools-of-host': () =>
    l10n.t('The versions of the system tools are those of this machine, not of the container.'),
  'capture-replaces-malformed': () =>
    l10n.t('The present file cannot be read and would be replaced as a whole.'),
  'pin-variable': (f) =>
    l10n.t('"{0}" is made from variables; pin it where they are set.', shown(f.reference)),
  'binary-drifted': (f) =>
    f.actual === undefined
      ? l10n.t('"{0}" is not on this machine.', shown(f.path))
      : l10n.t(
          '"{0}" on this machine differs: {2}, captured {1}.',
          shown(f.path),
          shortDigest(f.expected),
          shortDigest(f.actual),
        ),
  'tool-drifted': (f) =>
    f.actual === undefined
      ? l10n.t(
          '{0}: captured "{1}", and there is none on this machine.',
          toolWord(f.tool),
          shown(f.expected),
        )
      : l10n.t(
          '{0} on this machine is "{2}", captured "{1}".',
          toolWord(f.tool),
          shown(f.expected),
          shown(f.actual),
        ),
};

function toolWord(tool: SystemTool): string {
  switch (tool) {
    case 'python':
      return l10n.t('Python');
    case 'compiler':
      return l10n.t('The compiler');
    case 'libc':
      return l10n.t('The C library');
    case 'os':
      return l10n.t('The operating system');
  }
}

/** Characters of foreign text that a sentence holds. */
const LONGEST = 300;
const shown = (text: string): string =>
  printable(text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text);
