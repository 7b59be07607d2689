import type { Position, Span } from './span.js';

/** How a list is written: in brackets of YAML, as lines of YAML, or in brackets of JSON. */
export type ListSyntax = 'flow' | 'block' | 'json';

/** A word of a list. */
export interface ListMember {
  /** Its value, quotes included. */
  readonly value: Span;
  /** Its first unit: the `-` of its line, an anchor or a tag included. */
  readonly start: Position;
  /** Where other members are put in behind it; absent where none can be. */
  readonly behind?: Position;
  /** Where the next member, or a comment before it, begins; absent for the last. */
  readonly next?: Position;
  /** From where on the last one is taken out; absent for the first, and where a comment would go with it. */
  readonly comma?: Position;
  /** Whether other places refer to it, or it to another: then it cannot be written anew. */
  readonly shared?: 'alias' | 'anchor';
}

/** Where a list of words can be changed. Positions are those of its file. */
export interface WordList {
  readonly syntax: ListSyntax;
  /** What begins a new line of a block: the line end and the blanks before `-`. */
  readonly line: string;
  readonly members: readonly ListMember[];
}
