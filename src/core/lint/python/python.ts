/** Python programs, read by the line: no more than what is plain to see (docs/nondeterminism.md, section 5). */
import type { LintFinding } from '../../model/findings/lint.js';
import type { Severity } from '../../model/finding.js';
import { hit } from '../hit.js';
import type { Hit, UnitEdit } from '../hit.js';
import { gzipOpened, modeOf, sorting, sortingEntries, sortingPaths, withoutTime } from './fixes.js';
import type { Call } from './fixes.js';
import { ofImported, ofModule, ofNew } from './seeds.js';
import { closing, readProgram } from './text.js';
import type { Program } from './text.js';

interface Rule {
  readonly pattern: RegExp;
  readonly severity: Severity;
  readonly data: (name: string) => LintFinding;
  /** What makes it harmless: anywhere in the program. */
  readonly unless?: (program: Program) => boolean;
  /** What must stand in the program for it to mean this. */
  readonly given?: RegExp;
  /** What settles a call, as far as anything does. */
  readonly edits?: (call: Call) => readonly UnitEdit[];
}

const CALLS =
  'random|randint|randrange|choice|choices|shuffle|sample|uniform|gauss|normalvariate|betavariate|getrandbits|randbytes|expovariate|triangular';
const NUMPY = '(?:np|numpy)\\.random';

/** A seed that is given; `None` is none. */
const seeded = (name: string): ((program: Program) => boolean) => {
  const pattern = new RegExp(`${name}\\(\\s*(?!None\\s*\\))[^)\\s]`);
  return ({ code }) => pattern.test(code);
};

const RULES: readonly Rule[] = [
  {
    pattern: new RegExp(`(?<![.\\w])random\\.(?:${CALLS})(?=\\()`, 'g'),
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-seed', name }),
    given: /^[ \t]*import\b[^\n]*\brandom\b/m,
    unless: seeded('(?<![.\\w])random\\.seed'),
    edits: ofModule,
  },
  {
    pattern: new RegExp(`(?<![.\\w])(?:${CALLS})(?=\\()`, 'g'),
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-seed', name }),
    given: new RegExp(`^[ \\t]*from\\s+random\\s+import\\b[^\\n]*\\b(?:${CALLS})\\b`, 'm'),
    unless: seeded('(?<!\\w)seed'),
    edits: ofImported,
  },
  {
    pattern: new RegExp(
      `(?<![.\\w])${NUMPY}\\.(?!seed|default_rng|Generator|RandomState|SeedSequence|PCG64|MT19937)\\w+(?=\\()`,
      'g',
    ),
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-seed', name }),
    unless: seeded(`${NUMPY}\\.seed`),
    edits: ofModule,
  },
  {
    pattern: /(?<![.\w])(?:(?:np|numpy)\.random\.)?(?:default_rng|RandomState)\(\s*(?:None\s*)?\)/g,
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-seed', name: name.replace(/\(.*/s, '') }),
    edits: ofNew,
  },
  {
    pattern: /(?<![.\w])random\.Random\(\s*(?:None\s*)?\)/g,
    severity: 'warning',
    data: () => ({ code: 'lint-python-seed', name: 'random.Random' }),
    edits: ofNew,
  },
  {
    // Such values may be secrets, and one that everybody knows is worse than another digest: no fix.
    pattern: /(?<![.\w])(?:uuid\.uuid[14]|os\.urandom|secrets\.\w+|random\.SystemRandom)(?=\()/g,
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-random', name }),
  },
  {
    // What is measured, or goes to the log, needs the clock: no fix.
    pattern: /(?<![.\w])(?:datetime\.)?(?:datetime\.(?:now|utcnow|today)|date\.today)(?=\()/g,
    severity: 'info',
    data: (name) => ({ code: 'lint-python-time', name }),
    unless: ({ source }) => source.includes('SOURCE_DATE_EPOCH'),
  },
  {
    pattern: /(?<![.\w])(?:os\.listdir|glob\.i?glob)(?=\()/g,
    severity: 'info',
    data: (name) => ({ code: 'lint-python-order', name }),
    edits: sorting,
  },
  {
    pattern: /(?<![.\w])os\.scandir(?=\()/g,
    severity: 'info',
    data: (name) => ({ code: 'lint-python-order', name }),
    edits: sortingEntries,
  },
  {
    pattern: /\.(?:iterdir|rglob)(?=\()/g,
    severity: 'info',
    data: (name) => ({ code: 'lint-python-order', name: `Path${name}` }),
    edits: sortingPaths,
  },
  {
    pattern: /(?<![.\w])gzip\.(?:compress|GzipFile)(?=\()/g,
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-archive', name }),
    edits: withoutTime,
  },
  {
    pattern: /(?<![.\w])gzip\.open(?=\()/g,
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-archive', name }),
    edits: gzipOpened,
  },
  {
    // No argument of it sets the time in the header.
    pattern: /(?<![.\w])tarfile\.open(?=\()/g,
    severity: 'warning',
    data: (name) => ({ code: 'lint-python-archive', name }),
  },
];

/**
 * What is found in a Python program.
 * @param form `word`: of `python -c`, where nothing of more than one line can be put in.
 */
export function pythonHits(text: string, form: 'file' | 'word' = 'file'): Hit[] {
  const program = readProgram(text, form);
  const { code } = program;
  return RULES.flatMap((rule) => {
    if (rule.given?.test(code) === false || rule.unless?.(program) === true) return [];
    let first: number | undefined;
    return [...code.matchAll(rule.pattern)].flatMap((match) => {
      const [name] = match;
      const start = match.index;
      first ??= start;
      const data = rule.data(name);
      const call = { program, name, start, end: start + name.length, first };
      if (!applies(data, call)) return [];
      return [hit(rule.severity, data, call, rule.edits?.(call) ?? [])];
    });
  });
}

/** What the line around a call, and its arguments, say. */
function applies(data: LintFinding, call: Call): boolean {
  const { source, code } = call.program;
  const near = code.slice(Math.max(0, call.start - 200), call.start);
  if (data.code === 'lint-python-order') {
    // Sorted, counted, or asked whether there is any: then the order is nobody's.
    const before = near.slice(near.lastIndexOf('\n') + 1);
    return !/\b(?:sorted|set|frozenset|len|sum|any|all|max|min)\(/.test(before);
  }
  if (data.code !== 'lint-python-archive') return true;
  const given = source.slice(call.end, closing(code, call.end) ?? call.end + 300);
  if (/\bmtime\s*=/.test(given)) return false;
  if (data.name === 'tarfile.open') return /["'][wx][:|]gz["']/.test(given);
  // A function that only compresses, and two that read as well.
  return data.name === 'gzip.compress' || modeOf(call) !== undefined;
}
