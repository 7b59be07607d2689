/** Listens to real objects of the editor: every call is passed on as it is, and written down. */
import type * as vscode from 'vscode';

/** What a run said of its items, by their labels. */
export interface Said {
  readonly results: Map<string, string>;
  readonly messages: Map<string, readonly vscode.TestMessage[]>;
  readonly output: string[];
}

/** A run of the Test Explorer that writes down what it is told. */
export function heardRun(run: vscode.TestRun): {
  readonly run: vscode.TestRun;
  readonly said: Said;
} {
  const said: Said = { results: new Map(), messages: new Map(), output: [] };
  const heard = listening(run, (what, [first, second]) => {
    if (what === 'appendOutput') said.output.push(String(first));
    if (!['passed', 'failed', 'errored', 'skipped'].includes(what)) return;
    const { label } = first as vscode.TestItem;
    said.results.set(label, what);
    if (Array.isArray(second)) said.messages.set(label, second as vscode.TestMessage[]);
  });
  return { run: heard, said };
}

/** A controller that writes down the labels of items whose results it takes back. */
export function heardController(
  controller: vscode.TestController,
  takenBack: string[],
): vscode.TestController {
  return listening(controller, (what, [items]) => {
    if (what !== 'invalidateTestResults') return;
    for (const { label } of items as vscode.TestItem[]) takenBack.push(label);
  });
}

function listening<T extends object>(
  target: T,
  note: (what: string, args: readonly unknown[]) => void,
): T {
  return new Proxy(target, {
    get: (from, name) => {
      const value: unknown = Reflect.get(from, name, from);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        note(String(name), args);
        return Reflect.apply(value, from, args);
      };
    },
  });
}
