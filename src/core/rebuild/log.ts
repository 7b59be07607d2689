import type { RunCommand, RunStep } from '../formats/vaibify/run.js';
import type { RunResult } from '../system/processes.js';
import type { ReadyPlan } from './plan.js';

/** Characters of a log that are kept: the end of a run says why it ended. */
const MOST = 1 << 20;
/** Control characters but tab and line feed: whoever prints a log must not be steered by it. */
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** What was run, and what it wrote, as text for a person. */
export class RunLog {
  readonly #pieces: string[] = [];
  #length = 0;
  #cut = false;
  readonly #head: string;

  constructor({ commit, epoch, sandbox, image }: ReadyPlan) {
    const where = image === undefined ? sandbox.kind : `${sandbox.kind} ${image.reference}`;
    this.#head = `commit ${commit.id}\nisolation ${where}\nSOURCE_DATE_EPOCH ${epoch}\n`;
  }

  step({ label, name, directory }: RunStep): void {
    this.#add(`\n== ${label} ${name} (${directory === '' ? '.' : directory})\n`);
  }

  command({ written }: RunCommand): void {
    this.#add(`$ ${written}\n`);
  }

  output(text: string): void {
    this.#add(text);
  }

  failed({ outcome, status }: RunResult): void {
    this.#add(`\n== ${outcome}${status === undefined ? '' : `, status ${status}`}\n`);
  }

  /** The whole text. */
  end(outcome: string, { matched, total }: { matched: number; total: number }): string {
    const rest = this.#cut ? '[...]\n' : '';
    const body = this.#pieces.join('').slice(-MOST);
    return `${this.#head}${rest}${body}\n== ${outcome}: ${matched} of ${total} files as pinned\n`;
  }

  #add(text: string): void {
    const safe = text.replace(UNSAFE, '');
    this.#pieces.push(safe);
    this.#length += safe.length;
    while (this.#length > MOST && this.#pieces.length > 1) {
      this.#length -= this.#pieces.shift()?.length ?? 0;
      this.#cut = true;
    }
  }
}
