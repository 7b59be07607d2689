/** Members that are put into a list, taken out of it and written anew, in the list's own syntax. */
import type { TextEdit } from '../../model/fix.js';
import type { PlanText, TextStyle } from '../../model/plan.js';
import type { Position } from '../../model/span.js';
import type { ListSyntax, WordList } from '../../model/wordList.js';
import type { WordAfter } from './words.js';

/**
 * The edits that make a list hold other words; `undefined` where they would touch a member that another
 * place refers to, or take a comment away with the comma that it stands behind, and where nothing would
 * be left to run.
 */
export function changedMembers(
  words: readonly PlanText[],
  list: WordList,
  after: readonly WordAfter[],
): readonly TextEdit[] | undefined {
  const writer = new MemberWriter(words, list);
  let from = 0;
  let added: WordAfter[] = [];
  for (const word of after) {
    if (word.from === undefined) added.push(word);
    else {
      writer.change(from, word.from, added);
      from = word.from + 1;
      added = [];
    }
  }
  writer.change(from, words.length, added);
  return after.length === 0 ? undefined : writer.edits();
}

class MemberWriter {
  readonly #words: readonly PlanText[];
  readonly #list: WordList;
  readonly #edits: (TextEdit | undefined)[] = [];

  constructor(words: readonly PlanText[], list: WordList) {
    this.#words = words;
    this.#list = list;
  }

  edits(): readonly TextEdit[] | undefined {
    const written = this.#edits.filter((edit) => edit !== undefined);
    return written.length === this.#edits.length ? written : undefined;
  }

  /** Other words in place of the members from `from` to `to`, the end exclusive. */
  change(from: number, to: number, added: readonly WordAfter[]): void {
    const size = to - from;
    for (const [index, word] of added.slice(0, size).entries()) {
      this.#edits.push(this.#rewritten(from + index, word));
    }
    const more = added.slice(size);
    if (more.length > 0) this.#edits.push(this.#inserted(to - 1, more));
    if (added.length < size) this.#edits.push(this.#removed(from + added.length, to - 1));
  }

  #rewritten(index: number, word: WordAfter): TextEdit | undefined {
    const member = this.#list.members[index];
    if (member === undefined || !this.#isFree(index)) return undefined;
    return edit(member.value.start, member.value.end, this.#written(index, word), [word]);
  }

  /** Behind a member; of none, before the first. */
  #inserted(index: number, added: readonly WordAfter[]): TextEdit | undefined {
    const { members, syntax, line } = this.#list;
    const member = members[Math.max(0, index)];
    if (member === undefined || member.shared === 'alias') return undefined;
    const texts = added.map((word) => this.#written(Math.max(0, index), word));
    const isFirst = index < 0;
    const place = isFirst ? member.start : member.behind;
    if (place === undefined) return undefined;
    const put = texts.map((text) => {
      if (syntax === 'block') return isFirst ? `- ${text}${line}` : `${line}- ${text}`;
      return isFirst ? `${text}, ` : `, ${text}`;
    });
    return edit(place, place, put.join(''), added);
  }

  #removed(first: number, last: number): TextEdit | undefined {
    const { members } = this.#list;
    for (let index = first; index <= last; index++) if (!this.#isFree(index)) return undefined;
    const [from, to] = [members[first], members[last]];
    if (to?.next !== undefined) return from && edit(from.start, to.next, '', []);
    if (from?.comma === undefined || to?.behind === undefined) return undefined;
    return edit(from.comma, to.behind, '', []);
  }

  /** Whether a member is a value of its own, and written as it is read. */
  #isFree(index: number): boolean {
    const member = this.#list.members[index];
    return member?.shared === undefined && this.#words[index]?.tagged !== true;
  }

  #written(index: number, { text }: WordAfter): string {
    return asMember(text, this.#list.syntax, this.#words[index]?.style ?? 'plain');
  }
}

/** One edit has no more than one word for a person to fill in, and that stands in it once. */
function edit(
  start: Position,
  end: Position,
  replacement: string,
  words: readonly WordAfter[],
): TextEdit | undefined {
  const [blank, ...others] = words.flatMap(({ blanks }) => blanks);
  const span = { start, end };
  if (blank === undefined) return { span, replacement };
  if (others.length > 0 || replacement.split(blank).length !== 2) return undefined;
  return { span, replacement, blank };
}

/** Letters that stand for themselves in quotes of YAML 1.1, in every reader. */
const PRINTED = /^[ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;
const UNPRINTED = /[^ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/gu;

/**
 * A text as a member of a list. In quotes always: to YAML `-n` would be a text, but `0` a number and
 * `2023-01-01` a date.
 */
function asMember(text: string, syntax: ListSyntax, style: TextStyle): string {
  if (syntax === 'json') return JSON.stringify(text);
  if (style === 'single' && PRINTED.test(text)) return `'${text.replaceAll("'", "''")}'`;
  const quoted = text.replace(/["\\]/g, '\\$&');
  return `"${quoted.replace(UNPRINTED, (character) => escaped(character))}"`;
}

/** PyYAML reads `\u` in pairs as two characters. */
function escaped(character: string): string {
  const point = (character.codePointAt(0) ?? 0).toString(16);
  return point.length > 4 ? `\\U${point.padStart(8, '0')}` : `\\u${point.padStart(4, '0')}`;
}
