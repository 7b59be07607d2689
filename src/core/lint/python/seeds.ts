/** Seeds for generators of Python that have none (docs/nondeterminism.md, section 5). */
import type { UnitEdit } from '../hit.js';
import { behindImport, importThat } from './imports.js';
import type { Call } from './fixes.js';
import { lineStart, once } from './text.js';
import type { Program } from './text.js';

/** Calls of `seed()` that are looked at. */
const MOST_CALLS = 20;

/** `random.random()`, `np.random.normal()`: the generator of the module. */
export function ofModule({ program, name, first }: Call): readonly UnitEdit[] {
  const [module = ''] = name.split('.');
  return once(program, `seed of ${module}`, () => {
    const put = put0(program, seedOf(module));
    if (put.length > 0 && isAtOnce(program, put, first)) return put;
    const seed = behindModule(program, module);
    return seed === undefined ? [] : [seed, ...put];
  });
}

const seedOf = (module: string): string =>
  module === 'random' ? 'random.seed' : `${module}.random.seed`;

/** Seeds a generator where its module is imported by a name. */
function behindModule(program: Program, module: string): UnitEdit | undefined {
  const found = importThat(
    program,
    ({ from, names }) => from === undefined && names.some((name) => binds(name, module)),
  );
  return found && behindImport(program, found, [`${seedOf(module)}(0)`]);
}

/** `numpy` and `numpy.linalg` both make `numpy` known. */
const binds = (name: string, module: string): boolean =>
  module === 'np'
    ? /^numpy\s+as\s+np$/.test(name)
    : name === module || (module === 'numpy' && /^numpy\.[\w.]+$/.test(name));

/** `from random import choice`: the same generator under a name that may be another thing's. */
export const ofImported = ({ program, name, first }: Call): readonly UnitEdit[] =>
  once(program, `seed for ${name}`, () => seedFor(program, name, first));

function seedFor(program: Program, name: string, first: number): readonly UnitEdit[] {
  const found = importThat(program, ({ from, names }) => from === 'random' && names.includes(name));
  if (found === undefined) return [];
  const put = [...put0(program, 'random.seed'), ...put0(program, 'seed')];
  if (put.length > 0 && isAtOnce(program, put, first)) return put;
  const known = behindModule(program, 'random');
  if (known !== undefined && !found.names.includes('random')) return [known, ...put];
  const statements = seedStatements(program.code);
  return statements === undefined ? [] : [behindImport(program, found, statements), ...put];
}

/** What seeds it without a name that means something else in the program. */
function seedStatements(code: string): readonly string[] | undefined {
  const others = code.replace(/\bfrom[ \t]+random[ \t]+import\b/g, '');
  if (!/(?<!\.)\brandom\b/.test(others)) return ['import random', 'random.seed(0)'];
  return /\bseed\b/.test(others) ? undefined : ['from random import seed', 'seed(0)'];
}

/** `default_rng()`, `random.Random(None)`: the match holds the brackets. */
export function ofNew({ name, start, end }: Call): readonly UnitEdit[] {
  return [{ start: start + name.indexOf('(') + 1, end: end - 1, replacement: '0' }];
}

/** The seed 0 for calls that take one from the system. */
function put0({ code }: Program, name: string): UnitEdit[] {
  const pattern = new RegExp(
    `(?<![.\\w])${name.replaceAll('.', '\\.')}\\(\\s*(?:None\\s*)?\\)`,
    'g',
  );
  const calls: UnitEdit[] = [];
  for (const match of code.matchAll(pattern)) {
    if (calls.length >= MOST_CALLS) return [];
    const start = match.index + name.length + 1;
    calls.push({ start, end: match.index + match[0].length - 1, replacement: '0' });
  }
  return calls;
}

/** Whether one of them is a statement of the module itself, before anything is drawn. */
const isAtOnce = ({ code }: Program, calls: readonly UnitEdit[], first: number): boolean =>
  calls.some(({ start }) => {
    const line = code.slice(lineStart(code, start), start);
    return start < first && /^[\w.]+\($/.test(line);
  });
