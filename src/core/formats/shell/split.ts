/** Words of a text as Python's `shlex.split` divides it: what FixOps runs without a shell, and pip reads. */

export interface SplitWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export type Split =
  | { readonly ok: true; readonly words: readonly SplitWord[] }
  /** Where the quote or the backslash stands that nothing follows. */
  | { readonly ok: false; readonly open: number };

const BLANK = /[ \t\r\n]/;

/**
 * Divides by blanks and line ends; quotes and backslashes are honoured, and nothing else is: `#`, `|`,
 * `$` and `*` are units like any other (POSIX mode, without comments). Linear in the length.
 * @param from where to begin; the places are those in the whole text.
 */
export function splitWords(text: string, from = 0): Split {
  const words: SplitWord[] = [];
  let at = from;
  while (at < text.length) {
    if (BLANK.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const parts: string[] = [];
    const start = at;
    while (at < text.length && !BLANK.test(text[at] ?? '')) {
      const end = pieceEnd(text, at, parts);
      if (end === undefined) return { ok: false, open: at };
      at = end;
    }
    words.push({ text: parts.join(''), start, end: at });
  }
  return { ok: true, words };
}

/** Takes a quoted stretch or one unit; `undefined` when the text ends too soon. */
function pieceEnd(text: string, at: number, parts: string[]): number | undefined {
  const character = text[at] ?? '';
  if (character === '\\') {
    parts.push(text[at + 1] ?? '');
    return at + 1 < text.length ? at + 2 : undefined;
  }
  if (character === "'") {
    const end = text.indexOf("'", at + 1);
    parts.push(text.slice(at + 1, Math.max(end, 0)));
    return end < 0 ? undefined : end + 1;
  }
  if (character === '"') return doubleEnd(text, at, parts);
  parts.push(character);
  return at + 1;
}

/** In double quotes a backslash goes away before another one and before the quote only. */
function doubleEnd(text: string, start: number, parts: string[]): number | undefined {
  let at = start + 1;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '"') return at + 1;
    const next = text[at + 1] ?? '';
    if (character === '\\' && /["\\]/.test(next)) {
      parts.push(next);
      at += 2;
    } else {
      parts.push(character);
      at += 1;
    }
  }
  return undefined;
}
