import { printable } from './printable.js';

/**
 * Text of an untrusted file as Markdown that shows exactly that text. Beside the markup characters
 * it escapes `:` and `@`, or GitHub's dialect would make links of bare addresses, and `$(name)`,
 * which the editor turns into an icon after it has rendered the Markdown: a file named
 * `$(pass) verified` must not look like a verdict. The editor undoes a backslash before `$(`.
 */
export function plain(text: string): string {
  return printable(text)
    .replace(/\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g, '\\$&')
    .replace(/[\\`*_{}[\]()#+\-.!|<>~&:@^=]/g, '\\$&')
    .replace(/\s+/g, ' ');
}

/**
 * A link that runs a command with one argument.
 * @param title Markdown: what came from a file must have gone through {@link plain}.
 */
export const commandLink = (title: string, command: string, argument: unknown): string =>
  `[${title}](command:${command}?${destination(encodeURIComponent(JSON.stringify([argument])))})`;

/** `encodeURIComponent` leaves parentheses alone, and one of them would end a Markdown link. */
export const destination = (encoded: string): string =>
  encoded.replace(
    /[!'()*~_]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
