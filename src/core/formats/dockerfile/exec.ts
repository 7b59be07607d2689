/** `RUN ["program", "argument"]` as a list of words, each at its place in the file. */
import type { PlanText } from '../../model/plan.js';
import type { LineIndex } from '../../model/span.js';
import type { ListMember, WordList } from '../../model/wordList.js';
import { execWords } from './arguments.js';
import type { PiecedText } from './pieces.js';
import { stretchesOf } from '../yaml/stretches.js';

/** The words of a command in exec form; `undefined` for a script. Positions are those of the file. */
export function execList(
  command: PiecedText,
  lines: LineIndex,
): { readonly words: readonly PlanText[]; readonly list: WordList } | undefined {
  const given = execWords(command.text);
  if (given === undefined) return undefined;
  const words = given.map(({ text, start, end }): PlanText => {
    const span = command.span(lines, start, end);
    // A line that is continued in quotes moves the units.
    const isWhole = command.source(end - 1) - command.source(start) === end - 1 - start;
    // The escapes of JSON are escapes of YAML as well.
    const found = isWhole
      ? stretchesOf(command.text, { value: text, style: 'double', range: [start, end] })
      : [];
    const stretches = found.map((each) => ({
      start: each.start,
      at: lines.at(command.source(each.source)),
    }));
    return { text, span, style: 'double', stretches };
  });
  const spans = words.map(({ span }) => span);
  const members = spans.map((span, index): ListMember => {
    const [before, next] = [spans[index - 1], spans[index + 1]];
    return {
      value: span,
      start: span.start,
      behind: span.end,
      ...(next === undefined ? {} : { next: next.start }),
      ...(before === undefined ? {} : { comma: before.end }),
    };
  });
  return { words, list: { syntax: 'json', line: '', members } };
}
