/** What a script installs and downloads, and what pins it (docs/nondeterminism.md, section 4). */
import type { CommandFinding } from '../../formats/dockerfile/commands.js';
import { parseShell } from '../../formats/shell/shell.js';
import type { ShellCommand, ShellScript, ShellWord } from '../../formats/shell/shell.js';
import type { Hit, UnitEdit } from '../hit.js';
import { checkedDownload } from './piped.js';
import { editsInWord } from '../shell/quoted.js';
import { Scope } from '../shell/scope.js';
import { hashed, pinned } from './requirements.js';

/** A script as it is read here: what stands where. */
export interface Read {
  readonly text: string;
  readonly scope: Scope;
  /** By where a word begins. */
  readonly words: ReadonlyMap<number, { readonly word: ShellWord; readonly command: ShellCommand }>;
}

/** What was found in a script, with the edits that settle it. */
export function packageHits(
  text: string,
  script: ShellScript,
  found: readonly CommandFinding[],
): Hit[] {
  if (found.length === 0) return [];
  const read = readAgain(text, script);
  // Of one script in a word, much may be told.
  const inner = new Map<string, Read>();
  return found.map((each) => {
    const { severity, data, start, end } = each;
    return { severity, data, start, end, edits: editsOf(each, read, inner) };
  });
}

function readAgain(text: string, script: ShellScript): Read {
  const words = new Map<number, { word: ShellWord; command: ShellCommand }>();
  for (const command of script.commands) {
    for (const word of command.words) words.set(word.start, { word, command });
  }
  return { text, scope: new Scope(script, new Map()), words };
}

function editsOf(
  { data, start, end, within }: CommandFinding,
  read: Read,
  inner: Map<string, Read>,
): readonly UnitEdit[] {
  const found = read.words.get(start);
  if (within !== undefined) {
    if (found?.word.text !== within.script) return [];
    const again = inner.get(within.script) ?? readAgain(within.script, parseShell(within.script));
    inner.set(within.script, again);
    return editsInWord(editsOf(within.finding, again, inner), found.word);
  }
  switch (data.code) {
    case 'package-not-pinned':
      return pinned(data, { start, end }, read.text);
    case 'pip-without-hashes':
      return found === undefined ? [] : hashed(found.command, found.word);
    case 'piped-script':
      return found === undefined ? [] : checkedDownload(found.command, found.word, read);
    default:
      return [];
  }
}
