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
