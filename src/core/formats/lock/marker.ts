/** Words of an environment marker by PEP 508, blanks aside. */
const WORD =
  /[ \t]*(?:(\(|\))|(<=|>=|===|==|!=|~=|<|>)|("[^"]*"|'[^']*')|([A-Za-z_][A-Za-z0-9_.]*))/y;

const VARIABLES = new Set([
  ...['os_name', 'sys_platform', 'platform_machine', 'platform_python_implementation'],
  ...['platform_release', 'platform_system', 'platform_version', 'python_version'],
  ...['python_full_version', 'implementation_name', 'implementation_version', 'extra'],
  // Before PEP 508, and since PEP 751.
  ...['os.name', 'sys.platform', 'platform.version', 'platform.machine'],
  ...['platform.python_implementation', 'python_implementation', 'extras', 'dependency_groups'],
]);

type Kind = 'open' | 'close' | 'compare' | 'value' | 'not' | 'in' | 'connect' | 'bad';
type State = 'left' | 'operator' | 'in' | 'right' | 'done';

/** A finite automaton, so that no nesting can exhaust the stack. */
const NEXT: Readonly<Record<State, Partial<Record<Kind, State>>>> = {
  left: { open: 'left', value: 'operator' },
  operator: { compare: 'right', in: 'right', not: 'in' },
  in: { in: 'right' },
  right: { value: 'done' },
  done: { close: 'done', connect: 'left' },
};

/** Whether the whole text is a well-formed marker. Its truth on a machine is pip's business. */
export function isMarker(text: string): boolean {
  let depth = 0;
  let state: State = 'left';
  for (const kind of kinds(text)) {
    const next: State | undefined = NEXT[state][kind];
    if (next === undefined) return false;
    if (kind === 'open') depth++;
    if (kind === 'close' && --depth < 0) return false;
    state = next;
  }
  return state === 'done' && depth === 0;
}

function* kinds(text: string): Generator<Kind> {
  WORD.lastIndex = 0;
  let at = 0;
  const end = text.trimEnd().length;
  while (at < end) {
    WORD.lastIndex = at;
    const match = WORD.exec(text);
    if (match === null) {
      yield 'bad';
      return;
    }
    at = WORD.lastIndex;
    yield kindOf(match);
  }
}

function kindOf([, bracket, compare, quoted, word]: RegExpExecArray): Kind {
  if (bracket !== undefined) return bracket === '(' ? 'open' : 'close';
  if (compare !== undefined) return 'compare';
  if (quoted !== undefined) return 'value';
  if (word === 'and' || word === 'or') return 'connect';
  if (word === 'in' || word === 'not') return word;
  return VARIABLES.has(word ?? '') ? 'value' : 'bad';
}
