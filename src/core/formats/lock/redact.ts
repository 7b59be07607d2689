/** Credentials in addresses and messages: found, and taken out. */

/** Whatever stands between `://` and the last `@` of a word: a password may hold a slash. */
const USER = /([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s'"<>]{0,2000}@/gi;
const NAMED =
  /\b(password|passwd|token|secret|api[-_]?key|authorization|bearer|basic)(["']?\s{0,4}[:= ]\s{0,4}["']?)(?:(?:bearer|basic|token)\s{1,4})?[^\s'"&,;]{1,4000}/gi;

/** A text for logs and messages: user names, passwords and tokens become `***`. */
export const redacted = (text: string): string =>
  text.replace(USER, '$1***@').replace(NAMED, '$1$2***');

/** Whether an address holds a password or token; `${NAME}` is a place for one, and `git@` is none. */
export function holdsCredentials(text: string): boolean {
  for (const [, scheme = '', user = ''] of text.matchAll(WITH_USER)) {
    const [name = '', ...password] = user.split(':');
    const secret = password.length > 0 ? password.join(':') : /ssh/i.test(scheme) ? '' : name;
    if (secret !== '' && !/^\$\{[A-Z0-9_]+\}$/.test(secret)) return true;
  }
  return false;
}

const WITH_USER = /([a-z][a-z0-9+.-]{0,30}):\/\/([^\s'"<>/?#@]{1,2000})@/gi;
