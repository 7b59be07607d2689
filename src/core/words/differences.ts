/** Sentences of a comparison: what differs, in what, and which flag keeps it from differing. */
import * as l10n from '@vscode/l10n';
import type {
  ArtifactFormat,
  Difference,
  DifferenceClass,
  DifferenceField,
  Explanation,
  Obstacle,
} from '../model/difference.js';
import { printable } from './printable.js';

/** Classes as they are spoken of: "Only ... differ". */
const CLASS: Readonly<Record<DifferenceClass, () => string>> = {
  mtime: () => l10n.t('modification times'),
  order: () => l10n.t('the order'),
  owner: () => l10n.t('owners'),
  mode: () => l10n.t('permissions'),
  'compression-header': () => l10n.t('headers of compressed files'),
  compression: () => l10n.t('compressed forms of the same content'),
  'embedded-path': () => l10n.t('paths inside contents'),
  'embedded-date': () => l10n.t('dates inside contents'),
  'archive-metadata': () => l10n.t('details of archive headers'),
  content: () => l10n.t('contents'),
  'only-left': () => l10n.t('members that only the first one has'),
  'only-right': () => l10n.t('members that only the second one has'),
};

export const className = (name: DifferenceClass): string => CLASS[name]();

const FIELD: Readonly<Record<DifferenceField, () => string>> = {
  mtime: () => l10n.t('modification time'),
  atime: () => l10n.t('access time'),
  ctime: () => l10n.t('change time'),
  uid: () => l10n.t('user id'),
  gid: () => l10n.t('group id'),
  uname: () => l10n.t('user name'),
  gname: () => l10n.t('group name'),
  mode: () => l10n.t('mode'),
  type: () => l10n.t('type'),
  'link-target': () => l10n.t('target of the link'),
  device: () => l10n.t('device number'),
  member: () => l10n.t('member'),
  'member-order': () => l10n.t('order of the members, at first'),
  'header-bytes': () => l10n.t('bytes between the contents'),
  trailer: () => l10n.t('length of the end, in bytes'),
  'tar-format': () => l10n.t('kind of tar header'),
  pax: () => l10n.t('pax record'),
  'pax-header-name': () => l10n.t('name of the pax header'),
  'pax-header-mtime': () => l10n.t('time of the pax header'),
  'zip-method': () => l10n.t('compression method'),
  'zip-flags': () => l10n.t('flags'),
  'zip-version': () => l10n.t('version and system that packed it'),
  'zip-attributes': () => l10n.t('attributes'),
  'zip-extra': () => l10n.t('extra field'),
  'zip-comment': () => l10n.t('comment'),
  'zip-layout': () => l10n.t('order of the contents'),
  'gzip-mtime': () => l10n.t('time in the gzip header'),
  'gzip-name': () => l10n.t('name in the gzip header'),
  'gzip-os': () => l10n.t('system in the gzip header'),
  'gzip-level': () => l10n.t('level in the gzip header'),
  'gzip-flags': () => l10n.t('flags of the gzip header'),
  'gzip-comment': () => l10n.t('comment in the gzip header'),
  'gzip-extra': () => l10n.t('extra field of the gzip header'),
  'xz-check': () => l10n.t('kind of check in the xz header'),
  'xz-dictionary': () => l10n.t('size of the xz dictionary, in bytes'),
  'xz-block-sizes': () => l10n.t('sizes in the headers of xz blocks, how many'),
  'xz-blocks': () => l10n.t('number of xz blocks'),
  'xz-streams': () => l10n.t('number of xz streams'),
  'zstd-content-size': () => l10n.t('size of the content in the zstd header'),
  'zstd-checksum': () => l10n.t('checksum of the zstd frame'),
  'zstd-window': () => l10n.t('size of the zstd window, in bytes'),
  'zstd-frames': () => l10n.t('number of zstd frames'),
  'zstd-skippable-frames': () => l10n.t('number of zstd frames without content'),
  'bzip2-level': () => l10n.t('block size of bzip2'),
  'bzip2-streams': () => l10n.t('number of bzip2 streams'),
  'compressed-bytes': () => l10n.t('compressed bytes'),
  format: () => l10n.t('format'),
  text: () => l10n.t('text'),
  bytes: () => l10n.t('bytes'),
  size: () => l10n.t('content, of so many bytes'),
  'line-order': () => l10n.t('the same items in another order'),
  date: () => l10n.t('date'),
  path: () => l10n.t('path'),
  digests: () => l10n.t('digest'),
  'pyc-mtime': () => l10n.t('time of the source in compiled Python'),
};

/** `outer.tar!/inner.zip!/file`; nothing for the compared files themselves. */
export const memberPath = (path: readonly string[]): string => path.map(printable).join('!/');

/** What differs, with both values where they say something; without the member's name. */
export function differenceSentence(difference: Difference): string {
  const { field, key, count, follows } = difference;
  if (field === 'member') return loneSentence(difference);
  const name = FIELD[field]();
  const named = key === undefined ? name : l10n.t('{0} "{1}"', name, printable(key));
  const placed = placedName(named, difference);
  const values = valuesOf(difference);
  const one = values === undefined ? l10n.t('{0} differs', placed) : `${placed}: ${values}`;
  const all = count === undefined ? one : l10n.t('{0} (one of {1})', one, count);
  return follows === true
    ? l10n.t('{0}; agrees as soon as the member does that it belongs to', all)
    : all;
}

function placedName(name: string, { line, offset }: Difference): string {
  if (line !== undefined) return l10n.t('{0} in line {1}', name, line);
  return offset === undefined ? name : l10n.t('{0} at byte {1}', name, offset);
}

function valuesOf({ left, right }: Difference): string | undefined {
  if (left === undefined && right === undefined) return undefined;
  return l10n.t('{0} in the first, {1} in the second', valueText(left), valueText(right));
}

const valueText = (value: string | undefined): string =>
  value === undefined ? l10n.t('nothing') : value === '' ? '""' : printable(value);

function loneSentence({ class: name, left, right }: Difference): string {
  const twin = left ?? right;
  const first = name === 'only-left';
  if (twin === undefined) {
    return first ? l10n.t('only in the first') : l10n.t('only in the second');
  }
  return first
    ? l10n.t('only in the first; the second has the same bytes as {0}', printable(twin))
    : l10n.t('only in the second; the first has the same bytes as {0}', printable(twin));
}

/** The whole comparison in one sentence. */
export function differencesSummary({ same, classes, obstacles }: Explanation): string {
  if (same) return l10n.t('The two files are the same bytes.');
  const names = classes.map((each) => className(each.class));
  const mechanical = names.length > 0 && !classes.some((each) => each.class === 'content');
  const all = names.join(', ');
  const sentence = mechanical
    ? l10n.t('Nothing differs but {0}.', all)
    : l10n.t('What differs: {0}.', all);
  if (obstacles.length === 0) return sentence;
  return l10n.t('{0} Not everything could be looked into.', sentence);
}

/** Why something was not looked into; without the member's name. */
export function obstacleSentence({ reason, side, detail }: Obstacle): string {
  const why = reasonText(reason, printable(detail ?? '?'));
  if (side === undefined) return why;
  return side === 'left' ? l10n.t('the first: {0}', why) : l10n.t('the second: {0}', why);
}

function reasonText(reason: Obstacle['reason'], detail: string): string {
  switch (reason) {
    case 'too-large':
      return l10n.t('too large to compare further; what lies behind was not looked at');
    case 'too-many-members':
      return l10n.t('too many members to compare');
    case 'too-deep':
      return l10n.t('too many archives in one another to compare');
    case 'damaged':
      return l10n.t('damaged, so its members were not compared ({0})', detail);
    case 'compression':
      return l10n.t('compressed with {0}, which is not unpacked here; diffoscope does', detail);
    case 'encrypted':
      return l10n.t('encrypted, so contents cannot be compared');
  }
}

/** What keeps a class from differing, for each format that it was found in. */
export function remediesOf(
  name: DifferenceClass,
  differences: readonly Difference[],
): readonly string[] {
  const found = differences.filter((each) => each.class === name);
  return [...new Set(found.map(({ within, field }) => REMEDIES[name](within, field)))];
}

type Remedy = (within: ArtifactFormat, field: DifferenceField) => string;

const memberRemedy: Remedy = () =>
  l10n.t(
    'Pack a list of files that is written down; caches and leftovers of an earlier build do not belong in it.',
  );

/** Flags and commands stay as they are typed. */
const REMEDIES: Readonly<Record<DifferenceClass, Remedy>> = {
  mtime: mtimeRemedy,
  order: orderRemedy,
  owner: ownerRemedy,
  mode: (within) =>
    within === 'tar'
      ? l10n.t('Set one mode: {0}, or {1} before the build.', '--mode=u=rwX,go=rX', 'umask 022')
      : l10n.t('Set one mode before packing: {0} before the build, or chmod.', 'umask 022'),
  'compression-header': headerRemedy,
  compression: () =>
    l10n.t(
      'Pack with the same program, in the same version and at the same level; a container pinned by digest keeps it.',
    ),
  'embedded-path': () =>
    l10n.t(
      'Write no absolute path: build in the same directory every time, or map it away ({0} for C and C++).',
      '-ffile-prefix-map=$PWD=.',
    ),
  'embedded-date': (_, field) => dateRemedy(field),
  'archive-metadata': metadataRemedy,
  content: () =>
    l10n.t(
      'No flag does it: look for what the build takes from outside (versions, random numbers without a seed, number of processors).',
    ),
  'only-left': memberRemedy,
  'only-right': memberRemedy,
};

function mtimeRemedy(within: ArtifactFormat): string {
  if (within === 'tar') return l10n.t('Fix the time: {0}.', "tar --mtime='UTC 2023-01-01'");
  if (within === 'ar') {
    return l10n.t('Write no times: {0}; for a package set {1}.', 'ar rcD', 'SOURCE_DATE_EPOCH');
  }
  return l10n.t(
    'Fix the time before packing: {0}, then {1} with {2}; for a wheel set {3}.',
    'find . -exec touch -hd @$SOURCE_DATE_EPOCH {} +',
    'zip -X',
    'TZ=UTC',
    'SOURCE_DATE_EPOCH',
  );
}

function headerRemedy(within: ArtifactFormat): string {
  if (within === 'gzip') {
    return l10n.t('Leave time and name out: {0} ({1} for tar -z).', 'gzip -n', 'GZIP=-n');
  }
  const command = COMMANDS[within];
  return command === undefined
    ? l10n.t('Pack with the same program, in the same version.')
    : l10n.t(
        'Write down every setting of the compressor, its level and threads too: {0}.',
        command,
      );
}

const COMMANDS: Readonly<Partial<Record<ArtifactFormat, string>>> = {
  xz: 'xz -6 -T1 --check=crc64',
  zstd: 'zstd -19 --single-thread --check',
  bzip2: 'bzip2 -9',
};

function orderRemedy(within: ArtifactFormat, field: DifferenceField): string {
  if (field === 'line-order') {
    return l10n.t(
      'Sort before writing, always in the same way ({0}, {1}); for sets in Python also {2}.',
      'LC_ALL=C sort',
      'sorted()',
      'PYTHONHASHSEED=0',
    );
  }
  if (within === 'tar') return l10n.t('Fix the order: {0}.', 'tar --sort=name');
  return l10n.t('Fix the order: {0}.', 'find . | LC_ALL=C sort | zip -X -@ OUT.zip');
}

function ownerRemedy(within: ArtifactFormat): string {
  if (within === 'tar') {
    return l10n.t('Fix the owner: {0}.', 'tar --owner=0 --group=0 --numeric-owner');
  }
  return l10n.t('Leave the owner out: {0}.', within === 'ar' ? 'ar rcD' : 'zip -X');
}

const dateRemedy = (field: DifferenceField): string =>
  field === 'pyc-mtime'
    ? l10n.t(
        'Compile by content and not by time: {0}.',
        'python -m compileall --invalidation-mode unchecked-hash',
      )
    : l10n.t(
        'Set {0} and take every date from it: {1}.',
        'SOURCE_DATE_EPOCH',
        'date -u -d @$SOURCE_DATE_EPOCH',
      );

function metadataRemedy(within: ArtifactFormat): string {
  if (within === 'tar') {
    return l10n.t(
      'Write one kind of header, without access and change times: {0}.',
      'tar --format=posix --pax-option=delete=atime,delete=ctime,exthdr.name=%d/PaxHeaders/%f',
    );
  }
  if (within === 'zip') {
    return l10n.t('Leave extra fields out and pack with the same program: {0}.', 'zip -X');
  }
  return l10n.t('Pack with the same program, in the same version.');
}
