/** Where a here-document is announced: `<<EOF`, `<<-EOF`, `<<"EOF"`. */
export interface HeredocStart {
  readonly name: string;
  /** `<<-`: tabs before its lines are taken away. */
  readonly tabs: boolean;
}

const START = /<<(-?)(["']?)([A-Za-z_][\w.-]*)\2/y;

/** The here-documents that a line announces, in order. What stands in quotes announces none. */
export function heredocsIn(text: string): HeredocStart[] {
  const found: HeredocStart[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === '\\') at += 2;
    else if (character === '"' || character === "'") at = afterQuote(text, at);
    else if (character === '<') at = afterLess(text, at, found);
    else at += 1;
  }
  return found;
}

function afterLess(text: string, at: number, found: HeredocStart[]): number {
  let end = at;
  while (text[end] === '<') end += 1;
  // Three of them are a here-string.
  if (end - at !== 2) return end;
  START.lastIndex = at;
  const [all, dash, , name] = START.exec(text) ?? [];
  if (all === undefined || name === undefined) return end;
  found.push({ name, tabs: dash === '-' });
  return at + all.length;
}

/** Behind the quote that closes the one at `at`; the text's end when none does. */
export function afterQuote(text: string, at: number): number {
  const quote = text[at];
  let end = at + 1;
  while (end < text.length && text[end] !== quote) {
    end += quote === '"' && text[end] === '\\' ? 2 : 1;
  }
  return Math.min(end + 1, text.length);
}
