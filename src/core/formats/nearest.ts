/** Longer words are no slip of a key that is meant. */
const LONGEST = 40;

/** The word that somebody may have meant: equal but for case, or at most two edits away. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word === '' || word.length > LONGEST) return undefined;
  const plain = (text: string): string => text.toLowerCase().replace(/[_-]/g, '');
  const same = known.find((each) => plain(each) === plain(word));
  if (same !== undefined) return same;
  const allowed = word.length < 5 ? 1 : 2;
  let best: { readonly word: string; readonly edits: number } | undefined;
  for (const each of known) {
    const edits = distance(plain(word), plain(each));
    if (edits <= allowed && edits < (best?.edits ?? Infinity)) best = { word: each, edits };
  }
  return best?.word;
}

/** Edits between two words (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
