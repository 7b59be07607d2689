import { parseVaibify } from '../formats/vaibify/vaibify.js';
import { elements, JsonText, member } from '../formats/vaibify/json.js';
import type { Node } from '../formats/vaibify/json.js';
import { stringOf } from '../formats/vaibify/reader.js';
import type { RepoPath } from '../model/paths.js';

const CATEGORIES = ['dictIntegrity', 'dictQualitative', 'dictQuantitative'] as const;
/** A terminal would run what stands before a line feed, and hide what an escape sequence hides. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069]/;

/** The tests of a step as a person runs them. */
export interface TestCommands {
  /** Where they run, as the document writes it. */
  readonly directory: string;
  /** Those that one line of a terminal can hold. */
  readonly commands: readonly string[];
  /** How many it cannot. */
  readonly refused: number;
}

/** The test commands of a step; `undefined` when the text has no such step. Never throws. */
export function testCommands(text: string, file: RepoPath, step: string): TestCommands | undefined {
  const { root } = new JsonText(text.replace(/^\uFEFF/, ''));
  const nodes = elements(member(root, 'listSteps')).filter(({ type }) => type === 'object');
  const node = nodes[parseVaibify(text, file).steps.findIndex(({ label }) => label === step)];
  if (node === undefined) return undefined;
  const tests = member(node, 'dictTests');
  const grouped = CATEGORIES.flatMap((key) => commandsIn(member(tests, key), 'saCommands'));
  const all = grouped.length > 0 ? grouped : commandsIn(node, 'saTestCommands');
  const commands = all.filter((command) => !CONTROL.test(command));
  const directory = stringOf(member(node, 'sDirectory')) ?? '';
  return { directory, commands, refused: all.length - commands.length };
}

const commandsIn = (node: Node | undefined, key: string): string[] =>
  elements(member(node, key)).flatMap((each) => {
    const text = stringOf(each)?.trim();
    return text === undefined || text === '' ? [] : [text];
  });
