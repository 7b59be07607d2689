/** All rules about shell text, in one pass. */
import { scriptFindings } from '../formats/dockerfileCommands.js';
import { parseShell } from '../formats/shell.js';
import type { ShellCommand, ShellScript, ShellWord } from '../formats/shell.js';
import { mktempHits, programHits, variableHits } from './commands.js';
import { cloneHits, npmHits } from './fetch.js';
import type { Hit, UnitEdit } from './hit.js';
import { listingHits } from './listing.js';
import { gzipHits, zipHits } from './pack.js';
import { pythonHits } from './python.js';
import { Scope } from './scope.js';
import type { Variables } from './scope.js';
import { tarHits } from './tar.js';

type Rule = (command: ShellCommand, scope: Scope) => Hit[];

const RULES: readonly Rule[] = [
  ...[tarHits, gzipHits, zipHits, listingHits],
  ...[programHits, variableHits, mktempHits, cloneHits, npmHits],
];

/** Levels of `sh -c "..."` that are read. */
const DEEPEST = 3;

/** What is found in shell text; `environment` are the variables that are set around it. */
export function shellHits(text: string, environment: Variables, depth = 0): Hit[] {
  const script = parseShell(text);
  const packages = scriptFindings(withoutHeredocs(text, script), (name) => environment.get(name));
  return [
    ...commandHits(script, environment, depth),
    ...(depth > 0 ? [] : packages.map((each): Hit => ({ ...each, edits: [] }))),
  ];
}

/** What is found in commands that were read already; packages and downloads excepted. */
export function commandHits(script: ShellScript, environment: Variables, depth = 0): Hit[] {
  const scope = new Scope(script, environment);
  return script.commands.flatMap((command) => [
    ...RULES.flatMap((rule) => rule(command, scope)),
    ...nestedHits(command, environment, depth),
  ]);
}

/** `sh -c "script"` and `python -c "program"`, wherever they stand in a command. */
function nestedHits({ words }: ShellCommand, environment: Variables, depth: number): Hit[] {
  if (depth >= DEEPEST) return [];
  return words.flatMap((word, index) => {
    const given = words[index + 2];
    const option = words[index + 1]?.text ?? '';
    if (given === undefined || !/^-[a-z]*c$/.test(option)) return [];
    const program = word.text.slice(word.text.lastIndexOf('/') + 1);
    if (/^(?:ba|da|a|z|k)?sh$/.test(program)) {
      return placed(shellHits(given.text, environment, depth + 1), given);
    }
    return /^python[\d.]*$/.test(program) ? placed(pythonHits(given.text), given) : [];
  });
}

/** Findings in the text of a word, in units of the script that the word stands in. */
function placed(hits: readonly Hit[], word: ShellWord): Hit[] {
  const { inner } = word;
  return hits.map(({ edits, ...found }) => {
    if (inner === undefined) return { ...found, start: word.start, end: word.end, edits: [] };
    const moved = { ...found, start: found.start + inner, end: found.end + inner };
    // In quotes of the shell, another quote would end them.
    return edits.some(({ replacement }) => /['"$\\`]/.test(replacement))
      ? { ...moved, edits: [] }
      : { ...moved, edits: edits.map((edit) => shifted(edit, inner)) };
  });
}

const shifted = (edit: UnitEdit, by: number): UnitEdit => ({
  ...edit,
  start: edit.start + by,
  end: edit.end + by,
});

/** Blanks in place of here-documents: what stands there is not run by this shell. */
function withoutHeredocs(text: string, { heredocs }: ShellScript): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of heredocs) {
    if (start < at) continue;
    parts.push(text.slice(at, start), text.slice(start, end).replace(/[^\n]/g, ' '));
    at = end;
  }
  return parts.join('') + text.slice(at);
}
