import { constants, lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import path from 'node:path';
import { decodeText } from '../model/bytes.js';
import { errorCode, isAbsent, nativePath } from './native.js';

/** Why a name leads to no file that may be opened. */
export type Refusal =
  | { readonly answer: 'missing' | 'permission' | 'directory' | 'special' | 'io' }
  | {
      readonly answer: 'linked';
      readonly link: { readonly segment: string; readonly target: string };
    };

/** A regular file: the absolute path to open, and what `lstat` said of it. */
export interface Located {
  readonly answer: 'file';
  readonly path: string;
  readonly stat: Stats;
}

/** A directory that may be entered: its path with a final separator, and how deep below the root. */
interface Directory {
  readonly answer: 'entered';
  readonly path: string;
  readonly depth: number;
}

const QUIETLY = { throwIfNoEntry: false } as const;
const MISSING: Refusal = { answer: 'missing' };
const SPECIAL: Refusal = { answer: 'special' };
/** Where Windows reads a second separator, a drive or a stream: a name could leave the root by them. */
const WINDOWS_ESCAPE = /[\\:]/;

/** The refusal that a failed system call amounts to. `ELOOP` is for the caller, who knows the link. */
export function refusalOf(error: unknown): Refusal {
  const code = errorCode(error);
  if (isAbsent(code)) return MISSING;
  return { answer: code === 'EACCES' || code === 'EPERM' ? 'permission' : 'io' };
}

/** The type bits of a mode. */
const typeOf = (stat: Stats): number => stat.mode & constants.S_IFMT;

/**
 * Follows names from one root, segment by segment, for the length of one request.
 *
 * The attack: a repository whose `results` is a link to `/home/me`, so that a manifest line
 * `results/.ssh/id_rsa` makes a stranger's tool open what is none of its business, or makes a file
 * look published that is not in the repository at all. Opening a path follows every link on it, so
 * each segment is looked at first. A directory is looked at once a request: 100,000 names in 100
 * directories cost 100 extra calls. Node has no `openat`: someone who swaps a directory for a link
 * during the request wins that race, as with `sha256sum`.
 */
export class Walker {
  readonly #root: string;
  readonly #followLinks: boolean;
  readonly #entered = new Map<string, Directory | Refusal>();
  #realRoot: string | undefined;
  #lastText = '';
  #last: Directory | Refusal;

  /** @param root Absolute path; it may itself be a link, the user pointed at it. */
  constructor(root: string, followLinks: boolean) {
    this.#root = root.endsWith(path.sep) ? root : root + path.sep;
    this.#followLinks = followLinks;
    this.#last = { answer: 'entered', path: this.#root, depth: 0 };
    this.#entered.set('', this.#last);
  }

  /** Where a name leads. The name is taken as spelled: `./a//b` and `a/../b` are walked, not rewritten. */
  locate(name: string): Located | Refusal {
    if (name.startsWith('/')) return SPECIAL;
    if (process.platform === 'win32' && WINDOWS_ESCAPE.test(name)) return SPECIAL;
    const slash = name.lastIndexOf('/');
    const base = name.slice(slash + 1);
    // `..` must go through the depth counter; after a final `/` or `.`, `lstat` says directory itself.
    if (base === '..') {
      const directory = this.#enter(name);
      return directory.answer === 'entered' ? { answer: 'directory' } : directory;
    }
    const directory = slash < 0 ? this.#enter('') : this.#enter(name.slice(0, slash));
    if (directory.answer !== 'entered') return directory;
    return this.#file(directory.path + base, name);
  }

  /** The text of the link at `segment`; also for the one that slipped in between `lstat` and `open`. */
  linked(segment: string, at: string): Refusal {
    try {
      const target = decodeText(readlinkSync(nativePath(at), 'buffer'));
      return { answer: 'linked', link: { segment, target } };
    } catch {
      return { answer: 'linked', link: { segment, target: '' } };
    }
  }

  #file(at: string, name: string): Located | Refusal {
    const stat = look(at);
    if ('answer' in stat) return stat;
    switch (typeOf(stat)) {
      case constants.S_IFREG:
        return { answer: 'file', path: at, stat };
      case constants.S_IFDIR:
        return { answer: 'directory' };
      case constants.S_IFLNK: {
        const real = this.#throughLink(name, at);
        // The resolved path holds no link, or someone is changing it now: then it is reported.
        return typeof real === 'string' ? this.#resolved(real, name) : real;
      }
      default:
        // Opening a FIFO waits for its writer, a device may act on being opened: neither is touched.
        return SPECIAL;
    }
  }

  #resolved(real: string, name: string): Located | Refusal {
    const stat = look(real);
    if ('answer' in stat) return stat;
    const type = typeOf(stat);
    if (type === constants.S_IFREG) return { answer: 'file', path: real, stat };
    if (type === constants.S_IFDIR) return { answer: 'directory' };
    return type === constants.S_IFLNK ? this.linked(name, real) : SPECIAL;
  }

  #enter(text: string): Directory | Refusal {
    if (text === this.#lastText) return this.#last;
    const found = this.#entered.get(text) ?? this.#walk(text);
    this.#entered.set(text, found);
    this.#lastText = text;
    this.#last = found;
    return found;
  }

  #walk(text: string): Directory | Refusal {
    let here: Directory = { answer: 'entered', path: this.#root, depth: 0 };
    let start = 0;
    while (start <= text.length) {
      const slash = text.indexOf('/', start);
      const end = slash < 0 ? text.length : slash;
      const prefix = text.slice(0, end);
      const next =
        this.#entered.get(prefix) ?? this.#step(here, { segment: text.slice(start, end), prefix });
      if (next.answer !== 'entered') return next;
      this.#entered.set(prefix, next);
      here = next;
      start = end + 1;
    }
    return here;
  }

  #step(here: Directory, to: { segment: string; prefix: string }): Directory | Refusal {
    if (to.segment === '' || to.segment === '.') return here;
    if (to.segment === '..') return this.#up(here);
    const at = here.path + to.segment;
    const stat = look(at);
    if ('answer' in stat) return stat;
    const type = typeOf(stat);
    if (type === constants.S_IFDIR) return below(here, at);
    // A file where a directory should be: nothing can exist below it.
    if (type !== constants.S_IFLNK) return MISSING;
    const real = this.#throughLink(to.prefix, at);
    if (typeof real !== 'string') return real;
    const target = look(real);
    if ('answer' in target) return target;
    return typeOf(target) === constants.S_IFDIR ? below(here, real) : MISSING;
  }

  /** Never above the root: by counting, and behind a followed link by looking where `..` really is. */
  #up(here: Directory): Directory | Refusal {
    if (here.depth === 0) return SPECIAL;
    const depth = here.depth - 1;
    const at = `${here.path}..`;
    if (!this.#followLinks) return { answer: 'entered', path: `${at}/`, depth };
    const real = this.#realInside(at);
    if (real === 'outside') return SPECIAL;
    return typeof real === 'string' ? { answer: 'entered', path: `${real}/`, depth } : real;
  }

  #throughLink(segment: string, at: string): string | Refusal {
    if (!this.#followLinks) return this.linked(segment, at);
    const real = this.#realInside(at);
    return real === 'outside' ? this.linked(segment, at) : real;
  }

  /** The real path when it lies inside the real root. A link that leads in circles leads nowhere inside. */
  #realInside(at: string): string | Refusal {
    try {
      this.#realRoot ??= realpath(this.#root);
      const real = realpath(at);
      const root = this.#realRoot.endsWith(path.sep) ? this.#realRoot : this.#realRoot + path.sep;
      return real === this.#realRoot || real.startsWith(root) ? real : 'outside';
    } catch (error) {
      return errorCode(error) === 'ELOOP' ? 'outside' : refusalOf(error);
    }
  }
}

const realpath = (at: string): string => decodeText(realpathSync.native(nativePath(at), 'buffer'));

const below = (here: Directory, at: string): Directory => ({
  answer: 'entered',
  path: at + path.sep,
  depth: here.depth + 1,
});

function look(at: string): Stats | Refusal {
  try {
    return lstatSync(nativePath(at), QUIETLY) ?? MISSING;
  } catch (error) {
    return refusalOf(error);
  }
}
