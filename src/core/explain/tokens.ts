/** Cuts bytes into what a person sees as one thing: lines of a text, runs of letters in a binary. */

/** One piece of a content. */
export interface Token {
  readonly text: string;
  /** Whether a person can read it. */
  readonly readable: boolean;
}

/** Control characters that no text has; form feed and escape occur in some. */
const BINARY = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;
/** As `strings` does it: shorter runs are letters by chance. */
const RUN = /[\t\x20-\x7e]{4,}/g;
const LINE = /[^\n]*\n|[^\n]+/g;

/** Whether both contents are text; bytes that are not ASCII are taken as letters. */
export const isText = (latin1: string): boolean => !BINARY.test(latin1);

/** The lines with their ends, decoded as Latin-1 so that every byte stays what it is. */
export const lines = (latin1: string): Token[] =>
  (latin1.match(LINE) ?? []).map((text) => ({ text, readable: true }));

/** Readable runs and what stands between them, together every byte. */
export function runs(latin1: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const match of latin1.matchAll(RUN)) {
    if (match.index > at) tokens.push({ text: latin1.slice(at, match.index), readable: false });
    tokens.push({ text: match[0], readable: true });
    at = match.index + match[0].length;
  }
  if (at < latin1.length) tokens.push({ text: latin1.slice(at), readable: false });
  return tokens;
}
