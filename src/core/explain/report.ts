import { DIFFERENCE_CLASSES } from '../model/difference.js';
import type { Difference, DifferenceClass, Obstacle } from '../model/difference.js';

/** Examples of one class that are kept; all are counted. */
const MOST_EXAMPLES = 200;
const MOST_OBSTACLES = 200;
/** Longest value that is kept. */
const MOST_SHOWN = 200;
/** Characters of a name that are kept. */
const MOST_NAME = 4096;
/** Characters of lists of digests that are kept until the end. */
const MOST_LISTED = 16 << 20;
/** Names that a list of digests is held against; beyond, such lists count as differences. */
const MOST_NAMES = 100_000;

/** Gathers what a comparison finds. */
export class Report {
  #found = 0;
  #listed = 0;
  readonly #counts = new Map<DifferenceClass, number>();
  readonly #kept: Difference[] = [];
  readonly #obstacles: Obstacle[] = [];
  readonly #changed = new Set<string>();
  readonly #lists: { readonly difference: Difference; readonly lines: readonly string[] }[] = [];

  add(difference: Difference): void {
    this.#found += 1;
    this.#count(difference);
  }

  /** The content of a member is not the same on both sides. */
  changed(name: string): void {
    if (this.#changed.size < MOST_NAMES) this.#changed.add(normal(name));
  }

  /** Differences so far. */
  get found(): number {
    return this.#found;
  }

  /** Lines that differ in nothing but digests: what they are worth shows at the end. */
  addList(difference: Difference, lines: readonly string[]): void {
    this.#listed += lines.reduce((sum, line) => sum + line.length, 0);
    if (this.#listed > MOST_LISTED) {
      this.add(difference);
      return;
    }
    this.#found += 1;
    this.#lists.push({ difference, lines });
  }

  /** Something that differs cannot be looked into. */
  hinder(obstacle: Obstacle): void {
    if (this.#obstacles.length >= MOST_OBSTACLES) return;
    this.#obstacles.push({ ...obstacle, path: obstacle.path.map(shortName) });
  }

  /** Ends the gathering. */
  finish(): {
    classes: { class: DifferenceClass; count: number }[];
    differences: Difference[];
    obstacles: Obstacle[];
  } {
    for (const { difference, lines } of this.#lists) {
      const follows = lines.every((line) => namesIn(line).some((name) => this.#changed.has(name)));
      if (follows) this.#keep({ ...difference, follows });
      else this.#count(difference);
    }
    const classes = DIFFERENCE_CLASSES.flatMap((each) => {
      const count = this.#counts.get(each);
      return count === undefined ? [] : [{ class: each, count }];
    });
    return { classes, differences: this.#kept, obstacles: this.#obstacles };
  }

  #count(difference: Difference): void {
    const before = this.#counts.get(difference.class) ?? 0;
    this.#counts.set(difference.class, before + 1);
    if (before < MOST_EXAMPLES) this.#keep(difference);
  }

  #keep(difference: Difference): void {
    const { path, left, right } = difference;
    this.#kept.push({
      ...difference,
      path: path.map(shortName),
      ...(left === undefined ? {} : { left: shortened(left) }),
      ...(right === undefined ? {} : { right: shortened(right) }),
    });
  }
}

const shortened = (text: string): string =>
  text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;

const shortName = (name: string): string =>
  name.length > MOST_NAME ? `${name.slice(0, MOST_NAME)}…` : name;

const normal = (name: string): string => name.replace(/^(?:\.\/)+/, '');

/** What may be a name in a line of `sha256sum`, of a wheel's RECORD, or of JSON. */
const namesIn = (line: string): string[] => line.split(/[\s,"'*()]+/).map(normal);
