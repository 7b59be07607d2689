import { isMarker } from './marker.js';
import { isVersion } from './version.js';

/** A requirement by the grammar of PEP 508, or one of the further forms that pip takes. */
export type Requirement =
  | {
      readonly kind: 'named';
      /** As written. */
      readonly name: string;
      readonly extras: readonly string[];
      readonly specifier: string;
      /** The version, when the specifier is one `==` without a wildcard. */
      readonly version?: string;
      readonly marker?: string;
    }
  | {
      readonly kind: 'url';
      /** Absent for an address that stands alone. */
      readonly name?: string;
      readonly url: string;
      readonly marker?: string;
    }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'bad'; readonly reason: 'requirement' | 'version' | 'marker' };

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/;
const EXTRAS = /^[ \t]*\[([^\]]*)\]/;
/** Schemes by which pip tells an address from a name. */
const URL_START = /^(?:https?|file|s?ftp|ssh|git|hg|bzr|svn|(?:git|hg|bzr|svn)\+[a-z]+):/i;
const ARCHIVE = /\.(?:whl|zip|tar|tgz|tbz|txz|tlz|tar\.(?:gz|bz2|xz|lz|lzma))$/i;

const bad = (reason: 'requirement' | 'version' | 'marker'): Requirement => ({
  kind: 'bad',
  reason,
});

/** Reads what stands before the options of a line. */
export function readRequirement(text: string): Requirement {
  if (URL_START.test(text)) return afterUrl(text, undefined);
  const read = readNamed(text);
  const path = read.kind === 'named' ? ARCHIVE.test(read.name) : looksLikePath(text);
  return read.kind !== 'url' && path ? { kind: 'path', path: text } : read;
}

/** pip takes for a path what has a separator in it or begins with a dot, and archives by their name. */
const looksLikePath = (text: string): boolean => {
  const before = text.split(';', 1)[0] ?? '';
  return before.includes('/') || text.startsWith('.') || ARCHIVE.test(before.trim());
};

function readNamed(text: string): Requirement {
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return bad('requirement');
  const extras = readExtras(text.slice(name.length));
  if (extras === undefined) return bad('requirement');
  const rest = extras.rest.trimStart();
  if (rest.startsWith('@')) return afterUrl(rest.slice(1).trimStart(), name);
  const semicolon = rest.indexOf(';');
  const specifier = (semicolon < 0 ? rest : rest.slice(0, semicolon)).trim();
  const read = readSpecifier(specifier);
  if (typeof read === 'string') return bad(read);
  const marker = readMarker(semicolon < 0 ? '' : rest.slice(semicolon + 1));
  if (marker === undefined) return bad('marker');
  return { kind: 'named', name, extras: extras.named, specifier, ...read, ...marker };
}

function readExtras(text: string): { named: string[]; rest: string } | undefined {
  const match = EXTRAS.exec(text);
  if (match === null) return { named: [], rest: text };
  const [whole, inner = ''] = match;
  const named = inner.trim() === '' ? [] : inner.split(',').map((extra) => extra.trim());
  const wellFormed = named.every((extra) => NAME.exec(extra)?.[0] === extra);
  return wellFormed ? { named, rest: text.slice(whole.length) } : undefined;
}

/** An address ends at a blank; a `;` behind the blank begins the marker. */
function afterUrl(text: string, name: string | undefined): Requirement {
  const url = /^\S+/.exec(text)?.[0];
  if (url === undefined) return bad('requirement');
  const rest = text.slice(url.length).trimStart();
  if (rest !== '' && !rest.startsWith(';')) return bad('requirement');
  const marker = readMarker(rest.slice(1));
  if (marker === undefined) return bad('marker');
  return { kind: 'url', url, ...(name === undefined ? {} : { name }), ...marker };
}

/** The marker behind a `;`: none where nothing stands there, as in pip; `undefined`: malformed. */
function readMarker(text: string): { marker?: string } | undefined {
  const marker = text.trim();
  if (marker === '') return {};
  return isMarker(marker) ? { marker } : undefined;
}

const CLAUSE = /^(===|==|~=|!=|<=|>=|<|>)[ \t]*(\S+)$/;

/** The exact version of a specifier; `{}` for one that is well-formed and pins nothing. */
function readSpecifier(text: string): { version?: string } | 'version' | 'requirement' {
  const inner = text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
  if (inner.trim() === '') return {};
  const clauses = inner.split(',').map((clause) => CLAUSE.exec(clause.trim()));
  const [first, ...others] = clauses;
  if (first === undefined || clauses.includes(null)) return 'requirement';
  if (!clauses.every((clause) => clause !== null && isClause(clause))) return 'version';
  const [, operator, version = ''] = first ?? [];
  const exact = others.length === 0 && operator === '==' && !version.endsWith('.*');
  return exact ? { version } : {};
}

function isClause([, operator = '', version = '']: RegExpExecArray): boolean {
  if (operator === '===') return true;
  const wildcard = (operator === '==' || operator === '!=') && version.endsWith('.*');
  return isVersion(wildcard ? version.slice(0, -2) : version);
}

/** A name as PEP 503 normalises it. */
export const normalName = (name: string): string => name.replace(/[-_.]+/g, '-').toLowerCase();

/** The name and version that a wheel's file name gives, or an archive's; `undefined` for others. */
export function fileNameParts(file: string): { name: string; version: string } | undefined {
  const base = file.replace(/\.(?:whl|zip|tgz|tar\.(?:gz|bz2|xz|lz|lzma))$/i, '');
  if (base === file) return undefined;
  if (/\.whl$/i.test(file)) {
    const [name, version] = base.split('-');
    return name === undefined || version === undefined ? undefined : { name, version };
  }
  const dash = base.lastIndexOf('-');
  return dash <= 0 ? undefined : { name: base.slice(0, dash), version: base.slice(dash + 1) };
}
