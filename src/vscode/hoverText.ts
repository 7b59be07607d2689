/**
 * The Markdown of a hover. Everything in it that came from a file is hostile until escaped: the
 * hover may run commands, so a name that became markup could offer one. Knows nothing of the editor,
 * so that plain tests can throw names at it.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as l10n from '@vscode/l10n';
import type { RepoPath } from '../core/model/paths.js';
import type { DeclaredFile, Pin, Project } from '../core/model/project.js';
import type { Role } from '../core/model/place.js';
import type { FileEntry, Snapshot } from '../core/model/snapshot.js';
import { STATES } from '../core/model/status.js';
import type { FileStatus, StatusKind } from '../core/model/status.js';
import { commandLink, destination, plain } from '../core/words/markdown.js';
import { checkSentence, fileSize, stateSentence, stateWord } from '../core/words/states.js';
import { COMMANDS } from './contributions.js';
import type { CommandId } from './contributions.js';

/** The commands that a hover may run; the trust of its Markdown is limited to these. */
export const HOVER_COMMANDS: readonly CommandId[] = [
  COMMANDS.verifyFile,
  COMMANDS.copyDigest,
  COMMANDS.revealDeclaration,
  COMMANDS.regenerateManifest,
  COMMANDS.openDiff,
  COMMANDS.addToManifest,
];

/** Pins and declarations that are listed one by one; a manifest can name one file a million times. */
const MOST_LISTED = 6;

/** What is known of one file, and what can be done about it. `now` in milliseconds since 1970. */
export function hoverMarkdown(entry: FileEntry, snapshot: Snapshot, now: number): string {
  const { status, declared } = entry;
  const { project } = snapshot;
  const state = `${STATES[status.kind].glyph} ${stateWord(status.kind)}`;
  const paragraphs = [
    `**${plain(state)}** · ${plain(entry.path)}`,
    // Of a drifted file the digests below say it, and the diagnostic above has said it.
    status.kind === 'drifted' ? '' : plain(stateSentence(status)),
    digestTable(entry),
    [
      checked(status, now),
      listed(declared, (file) => plain(declaration(file, project))),
      listed(entry.pins, (pin) => evidence(pin, project)),
    ]
      .filter((text) => text !== '')
      // One block: the actions below it must not lie outside the box.
      .join('  \n'),
    actions(entry, project),
  ];
  return paragraphs.filter((text) => text !== '').join('\n\n');
}

/** The first of a list, one a line, and how many more there are. */
function listed<T>(all: readonly T[], line: (one: T) => string): string {
  const lines = [...new Set(all.slice(0, MOST_LISTED).map(line))];
  const more = all.length - MOST_LISTED;
  if (more > 0) lines.push(plain(l10n.t('and {0} more', more)));
  return lines.join('  \n');
}

/** Full digests below each other: an eye can compare them. They are hexadecimal by their type. */
function digestTable({ pins, status }: FileEntry): string {
  const rows = new Set(
    pins.slice(0, MOST_LISTED).map(({ digest }) => row(l10n.t('pinned'), digest)),
  );
  if ('actual' in status) {
    rows.add(row(l10n.t('on disk'), status.actual));
  }
  if (status.kind === 'pointer' && status.pointer.digest !== undefined) {
    const tool = status.pointer.kind === 'git-lfs' ? 'Git LFS' : 'git-annex';
    rows.add(row(l10n.t('in the {0} pointer', tool), status.pointer.digest));
  }
  return rows.size === 0 ? '' : ['| | SHA-256 |', '|:--|:--|', ...rows].join('\n');
}

const row = (label: string, digest: string): string => `| ${plain(label)} | \`${digest}\` |`;

function checked(status: FileStatus, now: number): string {
  const check = 'check' in status ? status.check : undefined;
  return check === undefined ? '' : plain(`${fileSize(check.size)} · ${checkSentence(check, now)}`);
}

/** The sentence that says which step a file belongs to, and as what. */
function declaration({ role, step: label }: DeclaredFile, project: Project): string {
  const word = roleWord(role);
  if (label === undefined) return l10n.t('Declared outside any step ({0}).', word);
  const step = project.steps.find((each) => each.label === label);
  const name = step === undefined ? label : `${label} ${step.name}`;
  switch (role) {
    case 'output':
    case 'plot':
    case 'data':
      return l10n.t('Made by step {0} ({1}).', name, word);
    case 'input':
      return l10n.t('Read by step {0} ({1}).', name, word);
    default:
      return l10n.t('Belongs to step {0} ({1}).', name, word);
  }
}

/** The name of a role, as it stands in a sentence. */
export function roleWord(role: Role): string {
  switch (role) {
    case 'output':
      return l10n.t('output');
    case 'plot':
      return l10n.t('plot');
    case 'data':
      return l10n.t('output data');
    case 'input':
      return l10n.t('input');
    case 'script':
      return l10n.t('script');
    case 'standard':
      return l10n.t('test standard');
    case 'test':
      return l10n.t('test');
    case 'declaration':
      return l10n.t('declaration of AI use');
    case 'entry':
      return l10n.t('entry script');
    case 'reference':
      return l10n.t('reference');
  }
}

function evidence({ place, line }: Pin, { root }: Project): string {
  const text = plain(`${place.file}:${line}`);
  const uri = uriText(root, place.file);
  const where = uri === undefined ? text : `[${text}](${destination(uri)}#L${line})`;
  return `${plain(l10n.t('Pinned in'))} ${where}`;
}

function actions(entry: FileEntry, project: Project): string {
  const file = uriText(project.root, entry.path);
  const document = uriText(project.root, project.file);
  const links = ACTIONS.filter(({ fits }) => fits(entry)).flatMap(({ command, icon, title }) => {
    const about = command === COMMANDS.regenerateManifest ? document : file;
    return about === undefined ? [] : [commandLink(`$(${icon}) ${title()}`, command, about)];
  });
  return links.length === 0 ? '' : `---\n\n${links.join(' · ')}`;
}

interface Action {
  readonly command: CommandId;
  readonly icon: string;
  /** Asked for when drawn: the translation is loaded after this module. */
  readonly title: () => string;
  readonly fits: (entry: FileEntry) => boolean;
}

const among =
  (...kinds: StatusKind[]) =>
  ({ status }: FileEntry): boolean =>
    kinds.includes(status.kind);

const ACTIONS: readonly Action[] = [
  {
    command: COMMANDS.verifyFile,
    icon: 'check',
    title: () => l10n.t('Verify'),
    fits: () => true,
  },
  {
    command: COMMANDS.openDiff,
    icon: 'diff',
    title: () => l10n.t('Compare'),
    fits: among('drifted'),
  },
  {
    command: COMMANDS.addToManifest,
    icon: 'add',
    title: () => l10n.t('Add to manifest…'),
    fits: among('unpinned'),
  },
  {
    command: COMMANDS.regenerateManifest,
    icon: 'refresh',
    title: () => l10n.t('Regenerate manifest…'),
    fits: among('drifted', 'missing', 'unpinned'),
  },
  {
    command: COMMANDS.copyDigest,
    icon: 'copy',
    title: () => l10n.t('Copy digest'),
    fits: ({ status }) => 'actual' in status,
  },
  {
    command: COMMANDS.revealDeclaration,
    icon: 'go-to-file',
    title: () => l10n.t('Reveal declaration'),
    fits: ({ declared }) => declared.length > 0,
  },
];

/** The file's URI as text; none for a name that is not Unicode: the editor has no URI for it. */
const uriText = (root: string, file: RepoPath): string | undefined =>
  file.isWellFormed() ? pathToFileURL(path.join(root, file)).href : undefined;
