import type { LockEntry } from '../../model/envelope.js';
import { parseSha256 } from '../../model/digest.js';
import type { Place } from '../../model/place.js';
import { fileNameParts, normalName } from './requirement.js';
import type { Requirement } from './requirement.js';

type Read = Exclude<Requirement, { kind: 'bad' }>;

/** What a person calls a requirement. */
export const shownName = (read: Read): string => {
  if (read.kind === 'path') return read.path;
  return read.kind === 'url' ? (read.name ?? read.url) : read.name;
};

/** Why a requirement's bytes are on no index: nobody else could get them. */
export function sourceOf(read: Read): 'local' | 'version-control' | undefined {
  if (read.kind === 'path') return 'local';
  if (read.kind !== 'url' || /^https?:/i.test(read.url)) return undefined;
  return /^(?:git|hg|svn|bzr|s?ftp|ssh)\b/i.test(read.url) ? 'version-control' : 'local';
}

/** The entry of a requirement, before its `--hash` options were read. */
export function makeEntry(read: Exclude<Read, { kind: 'path' }>, place: Place): LockEntry {
  const marker = read.marker === undefined ? {} : { marker: read.marker };
  if (read.kind === 'url') return { ...urlEntry(read.url, read.name), ...marker, place };
  const { name, version, extras } = read;
  return {
    name: normalName(name),
    ...(version === undefined ? {} : { version }),
    ...(extras.length === 0 ? {} : { extras }),
    digests: [],
    ...marker,
    place,
  };
}

function urlEntry(whole: string, name: string | undefined): Omit<LockEntry, 'place'> {
  const [url = '', fragment = ''] = whole.split('#');
  const parts = fileNameParts(decoded(url.slice(url.lastIndexOf('/') + 1)));
  // pip takes the fragment of an address that the file itself names for a hash.
  const digest = parseSha256(/(?:^|&)sha256=([0-9a-f]+)(?:&|$)/i.exec(fragment)?.[1] ?? '');
  return {
    name: normalName(name ?? parts?.name ?? url),
    ...(parts === undefined ? {} : { version: parts.version }),
    url,
    digests: digest === undefined ? [] : [digest],
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
