/** Python programs, read by the line: no more than what is plain to see (docs/nondeterminism.md, section 5). */
import type { LintFinding } from '../model/findings/lint.js';
import type { Severity } from '../model/finding.js';
import { hit } from './hit.js';
import type { Hit } from './hit.js';

/** The longest program that is read, in UTF-16 units. */
const MOST = 256 << 10;

/** Blanks in place of comments and of what stands in quotes; every unit stays where it is. Linear. */
function bare(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const { index } of text.matchAll(/['"#]/g)) {
    if (index < at) continue;
    const end = text[index] === '#' ? lineEnd(text, index) : stringEnd(text, index);
    const inside = text.slice(index + 1, end - 1).replace(/[^\n]/g, ' ');
    parts.push(text.slice(at, index));
    parts.push(text[index] === '#' ? ' '.repeat(end - index) : `"${inside}"`.slice(0, end - index));
    at = end;
  }
  return parts.join('') + text.slice(at);
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Behind the quotes that close those at `at`; one quote alone is closed by the line's end. */
function stringEnd(text: string, at: number): number {
  const quote = text[at] ?? '';
  const triple = text.startsWith(quote.repeat(3), at);
  const close = triple ? quote.repeat(3) : quote;
  let end = at + close.length;
  while (end < text.length && !text.startsWith(close, end)) {
    if (!triple && text[end] === '\n') return end;
    end += text[end] === '\\' ? 2 : 1;
  }
  return Math.min(end + close.length, text.length);
}

interface Rule {
  readonly pattern: RegExp;
  readonly severity: Severity;
  readonly data: (name: string) => LintFinding;
  /** What makes it harmless: anywhere in the program. */
  readonly unless?: RegExp;
  /** What must stand in the program for it to mean this. */
  readonly given?: RegExp;
}

const CALLS =
  'random|randint|randrange|choice|choices|shuffle|sample|uniform|gauss|normalvariate|betavariate|getrandbits|randbytes|expovariate|triangular';
const NUMPY = '(?:np|numpy)\\.random';

const RULES: readonly Rule[] = [
  {
    pattern: new RegExp(`(?<![.\\w])random\\.(?:${CALLS})(?=\\()`, 'g'),
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-seed', name }),
    given: /^[ \t]*import\b[^\n]*\brandom\b/m,
    unless: /(?<![.\w])random\.seed\(\s*[^)\s]/,
  },
  {
    pattern: new RegExp(`(?<![.\\w])(?:${CALLS})(?=\\()`, 'g'),
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-seed', name }),
    given: new RegExp(`^[ \\t]*from\\s+random\\s+import\\b[^\\n]*\\b(?:${CALLS})\\b`, 'm'),
    unless: /(?<!\w)seed\(\s*[^)\s]/,
  },
  {
    pattern: new RegExp(
      `(?<![.\\w])${NUMPY}\\.(?!seed|default_rng|Generator|RandomState|SeedSequence|PCG64|MT19937)\\w+(?=\\()`,
      'g',
    ),
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-seed', name }),
    unless: new RegExp(`${NUMPY}\\.seed\\(\\s*[^)\\s]`),
  },
  {
    pattern: /(?<![.\w])(?:(?:np|numpy)\.random\.)?(?:default_rng|RandomState)\(\s*(?:None\s*)?\)/g,
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-seed', name: name.replace(/\(.*/s, '') }),
  },
  {
    pattern: /(?<![.\w])random\.Random\(\s*\)/g,
    severity: 'warning',
    data: () => ({ code: 'lint-python-seed', name: 'random.Random' }),
  },
  {
    pattern: /(?<![.\w])(?:uuid\.uuid[14]|os\.urandom|secrets\.\w+|random\.SystemRandom)(?=\()/g,
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-random', name }),
  },
  {
    pattern: /(?<![.\w])(?:datetime\.)?(?:datetime\.(?:now|utcnow|today)|date\.today)(?=\()/g,
    severity: 'info',
    data: (name) => ({ code: 'lint-python-time', name }),
    unless: /SOURCE_DATE_EPOCH/,
  },
  {
    pattern: /(?<![.\w])(?:os\.(?:listdir|scandir)|glob\.i?glob)(?=\()|\.(?:iterdir|rglob)(?=\()/g,
    severity: 'info',
    data: (name) => ({ code: 'lint-python-order', name: name.replace(/^\./, 'Path.') }),
  },
  {
    pattern: /(?<![.\w])gzip\.(?:open|compress|GzipFile)(?=\()/g,
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-archive', name }),
  },
  {
    pattern: /(?<![.\w])tarfile\.open(?=\()/g,
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-archive', name }),
  },
];

/** What is found in a Python program. */
export function pythonHits(text: string): Hit[] {
  const source = text.slice(0, MOST);
  const code = bare(source);
  return RULES.flatMap((rule) => {
    if (rule.given?.test(code) === false || rule.unless?.test(source) === true) return [];
    return [...code.matchAll(rule.pattern)].flatMap((match) => {
      const [name] = match;
      const start = match.index;
      const data = rule.data(name);
      if (!applies(data, { source, code, start, end: start + name.length })) return [];
      return [hit(rule.severity, data, { start, end: start + name.length })];
    });
  });
}

interface Call {
  readonly source: string;
  readonly code: string;
  readonly start: number;
  readonly end: number;
}

/** What the line around a call says. */
function applies(data: LintFinding, { source, code, start, end }: Call): boolean {
  const from = code.lastIndexOf('\n', start) + 1;
  const before = code.slice(Math.max(from, start - 200), start);
  if (data.code === 'lint-python-order') {
    // Sorted, counted, or asked whether there is any: then the order is nobody's.
    return !/\b(?:sorted|set|frozenset|len|sum|any|all|max|min)\(/.test(before);
  }
  if (data.code !== 'lint-python-archive') return true;
  const call = source
    .slice(end, end + 300)
    .split('\n', 3)
    .join('\n');
  if (/\bmtime\s*=/.test(call)) return false;
  if (data.name === 'tarfile.open') return /["'][wx][:|]gz["']/.test(call);
  // A constructor and a function that only compress, and one that also reads.
  return data.name === 'gzip.compress' || /["'][wxa]/.test(call);
}
