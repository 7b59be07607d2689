import { printable } from '../core/words/printable.js';

const LONGEST_LINE = 4096;

/** What commands write, line by line: chunks end anywhere. */
export class Echo {
  #rest = '';
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) this.#say(printable(line.slice(0, LONGEST_LINE)));
  }

  end(): void {
    if (this.#rest !== '') this.#say(printable(this.#rest));
    this.#rest = '';
  }
}
