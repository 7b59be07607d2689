/** All rules about shell text, in one pass. */
import { scriptFindings } from '../../formats/dockerfile/commands.js';
import { parseShell } from '../../formats/shell/shell.js';
import type { ShellCommand, ShellScript, ShellWord } from '../../formats/shell/shell.js';
import { cloneHits } from '../network/clone.js';
import { programHits } from '../machine/commands.js';
import { npmHits } from '../network/npm.js';
import type { Hit } from '../hit.js';
import { listingHits } from '../archives/listing.js';
import { mktempHits } from '../machine/mktemp.js';
import { gzipHits } from '../archives/gzip.js';
import { packageHits } from '../network/packages.js';
import { pythonHits } from '../python/python.js';
import { editsInWord } from './quoted.js';
import { Scope } from './scope.js';
import type { Reading, Variables } from './scope.js';
import { tarHits } from '../archives/tar.js';
import { variableHits } from '../machine/variables.js';
import { zipHits } from '../archives/zip.js';

type Rule = (command: ShellCommand, scope: Scope) => Hit[];

const RULES: readonly Rule[] = [
  ...[tarHits, gzipHits, zipHits, listingHits],
  ...[programHits, variableHits, mktempHits, cloneHits, npmHits],
];

/** Levels of `sh -c "..."` that are read. */
const DEEPEST = 3;

/** What is found in shell text; `environment` are the variables that are set around it. */
export function shellHits(text: string, environment: Variables, reading: Reading = {}): Hit[] {
  const script = parseShell(text);
  const packages = scriptFindings(withoutHeredocs(text, script), (name) => environment.get(name));
  return [
    ...commandHits(script, environment, reading),
    ...((reading.depth ?? 0) > 0 ? [] : packageHits(text, script, packages)),
  ];
}

/** What is found in commands that were read already; packages and downloads excepted. */
export function commandHits(
  script: ShellScript,
  environment: Variables,
  reading: Reading = {},
): Hit[] {
  const scope = new Scope(script, environment, reading);
  return script.commands.flatMap((command) => [
    ...RULES.flatMap((rule) => rule(command, scope)),
    ...nestedHits(command, environment, reading),
  ]);
}

/** `sh -c "script"` and `python -c "program"`, wherever they stand in a command. */
function nestedHits({ words }: ShellCommand, environment: Variables, reading: Reading): Hit[] {
  if ((reading.depth ?? 0) >= DEEPEST) return [];
  return words.flatMap((word, index) => {
    const given = words[index + 2];
    const option = words[index + 1]?.text ?? '';
    if (given === undefined || !/^-[a-z]*c$/.test(option)) return [];
    const program = word.text.slice(word.text.lastIndexOf('/') + 1);
    if (/^(?:ba|da|a|z|k)?sh$/.test(program)) {
      return placed(shellHits(given.text, environment, inWord(reading, given)), given);
    }
    return /^python[\d.]*$/.test(program) ? placed(pythonHits(given.text, 'word'), given) : [];
  });
}

/** How the script in a word was come by. */
function inWord({ depth = 0, isVerbatim, ...reading }: Reading, { inner }: ShellWord): Reading {
  if (isVerbatim === undefined || inner === undefined) return { ...reading, depth: depth + 1 };
  const shifted = (start: number, end: number): boolean => isVerbatim(start + inner, end + inner);
  return { ...reading, depth: depth + 1, isVerbatim: shifted };
}

/** Findings in the text of a word, in units of the script that the word stands in. */
function placed(hits: readonly Hit[], word: ShellWord): Hit[] {
  const { inner, variables } = word;
  return hits.flatMap((found) => {
    const edits = editsInWord(found.edits, word);
    if (inner === undefined) return [{ ...found, start: word.start, end: word.end, edits }];
    const start = found.start + inner;
    // In double quotes it is a variable of the outer shell, of which that is said already.
    if (variables.some((variable) => variable.start === start)) return [];
    return [{ ...found, start, end: found.end + inner, edits }];
  });
}

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
