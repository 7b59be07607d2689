/** `$(wildcard ...)` of make, which up to 4.2 lists as the disk does (docs/nondeterminism.md, section 2). */
import { before, behind, hit } from '../hit.js';
import type { Hit } from '../hit.js';

/** Functions that put their list in order, or only ask whether there is anything in it. */
const CAREFREE: ReadonlySet<string> = new Set(['sort', 'words', 'if', 'or', 'and']);
/** Lines that ask whether a file is there, or read files whose order nobody sees. */
const ASKING = /^[ \t]*(?:else[ \t]+)?(?:ifn?eq|ifn?def|[-s]?include)\b/;
const PATTERN = /[*?[]/;
/** What opens and closes a reference; two dollars are one for the shell. */
const MARKS = /\$\$|\$\((\w*)|[()]/g;

/** The longest list of patterns that is read. */
const LONGEST = 2000;

/** An open bracket. */
interface Open {
  /** The function of make that it calls; `''` for any other bracket. */
  readonly name: string;
  readonly start: number;
  /** Whether the order of what stands in it is nobody's. */
  readonly carefree: boolean;
}

/** What is said of a makefile's lists of files. */
export function wildcardHits(text: string): Hit[] {
  let start = 0;
  return text.split('\n').flatMap((line) => {
    const from = start;
    start += line.length + 1;
    const end = line.startsWith('\t') ? -1 : line.indexOf('#');
    const code = end < 0 ? line : line.slice(0, end);
    return ASKING.test(code) ? [] : hitsIn(code, from);
  });
}

function hitsIn(line: string, from: number): Hit[] {
  const hits: Hit[] = [];
  const open: Open[] = [];
  for (const { 0: mark, 1: name = '', index } of line.matchAll(MARKS)) {
    if (mark === '(' || mark.startsWith('$(')) {
      const carefree = CAREFREE.has(name) || open.at(-1)?.carefree === true;
      open.push({ name, start: index, carefree });
    }
    const closed = mark === ')' ? open.pop() : undefined;
    if (closed?.name !== 'wildcard' || closed.carefree) continue;
    const list = line.slice(closed.start, Math.min(index, closed.start + LONGEST));
    if (PATTERN.test(list)) hits.push(unsorted(from + closed.start, from + index + 1));
  }
  return hits;
}

function unsorted(start: number, end: number): Hit {
  const list = { start, end };
  const data = { code: 'lint-unsorted', name: 'wildcard' } as const;
  return hit('info', data, list, [before(list, '$(sort '), behind(list, ')')]);
}
