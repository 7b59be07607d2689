/** Makefiles as shell text of the same length, so that every unit stays where it is. */

/** Variables that the shell would read as something else: `$<` is no redirection. */
const AUTOMATIC = /^[<^+|%]$/;
const NAME = /^[\w.-]+$/;
/** The longest reference `$(...)` that is read. */
const LONGEST = 2000;

/** The recipes of a makefile, and what `$(shell ...)` runs; blanks in place of all else. */
export function makeToShell(text: string): string {
  let recipe = false;
  let continued = false;
  return text
    .split('\n')
    .map((line) => {
      // A continued line belongs to what it continues.
      recipe = continued ? recipe : line.startsWith('\t');
      const first = !continued;
      continued = line.endsWith('\\');
      if (!recipe) return shellCalls(line);
      const marks = first ? (/^\t[\t @+-]*/.exec(line)?.[0].length ?? 0) : 0;
      return ' '.repeat(marks) + dollars(line.slice(marks));
    })
    .join('\n');
}

/** Only what a line outside of recipes makes make run. */
function shellCalls(line: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const match of line.matchAll(/\$\(shell\s/g)) {
    if (match.index < at) continue;
    const end = closing(line, match.index + 1);
    parts.push(' '.repeat(match.index - at), dollars(line.slice(match.index, end)));
    at = end;
  }
  return parts.join('') + ' '.repeat(line.length - at);
}

/** The references of make in the shell's spelling. */
function dollars(line: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < line.length) {
    const dollar = line.indexOf('$', at);
    const start = dollar < 0 ? line.length : dollar;
    parts.push(line.slice(at, start));
    if (start >= line.length) break;
    const [part, end] = reference(line, start);
    parts.push(part);
    at = end;
  }
  return parts.join('');
}

function reference(line: string, start: number): [string, number] {
  const next = line[start + 1] ?? '';
  // The first of two goes away; something must keep its place, and be no blank.
  if (next === '$') return ['\u0001$', start + 2];
  if (next !== '(') return [AUTOMATIC.test(next) ? '$_' : `$${next}`, start + 2];
  const end = closing(line, start + 1);
  const inner = line.slice(start + 2, end - 1);
  const shell = /^shell\s/.exec(inner)?.[0];
  if (shell !== undefined) {
    return [`$(${' '.repeat(shell.length)}${dollars(inner.slice(shell.length))})`, end];
  }
  // What it is nobody knows, and it must not look like a word.
  return [NAME.test(inner) ? `\${${inner}}` : '\u0001'.repeat(end - start), end];
}

/** Behind the bracket that closes the one at `open`; the line's end when none does. */
function closing(line: string, open: number): number {
  let depth = 0;
  const most = Math.min(line.length, open + LONGEST);
  for (let at = open; at < most; at++) {
    if (line[at] === '(') depth += 1;
    else if (line[at] === ')' && --depth === 0) return at + 1;
  }
  return most;
}
