import type { FrameLocator, Locator, Page } from 'playwright-core';

/** What a user does in the workbench, and what a user sees. */
export declare class Workbench {
  readonly page: Page;
  constructor(page: Page);
  open(url: string): Promise<void>;
  quickInput(): Locator;
  /** The rows of the open quick pick. */
  quickRows(): Locator;
  closeQuickInput(): Promise<void>;
  /** Presses `key`, types `text` and leaves it open; resolves with its rows. */
  openQuickInput(key: string, text: string): Promise<Locator>;
  /** The command palette, left open; resolves with its rows. */
  palette(text: string): Promise<Locator>;
  /** Runs the command with exactly this label, category included. */
  command(title: string): Promise<void>;
  /** An entry of the open quick pick with exactly this label. */
  row(label: string): Locator;
  pick(label: string): Promise<void>;
  runTask(type: string, name: string): Promise<void>;
  /** Rows of 'Developer: Show Running Extensions', e.g. `ReproLens 0.1.0 ... Activation: 5ms`. */
  runningExtensions(): Promise<string[]>;
  openFile(name: string): Promise<void>;
  goToLine(line: number): Promise<void>;
  status(extension: string, item: string): Locator;
  /** File names of the pictures in the gutter, top to bottom. */
  gutterIcons(): Promise<string[]>;
  /** The badge of a file in the explorer; null without one. */
  explorerBadge(file: string): Promise<string | null>;
  codeLenses(): Promise<string[]>;
  /** The words that extensions draw behind lines. */
  wordsBehindLines(): Promise<string[]>;
  /** Rows of a list or a tree as `label description`. */
  labels(rows: Locator): Promise<string[]>;
  /** The colour of a text, as CSS computes it. */
  colour(locator: Locator): Promise<string>;
  outputText(channel: string): Promise<string>;
  terminalText(): Promise<string>;
  notifications(): Locator;
  /** Clears notifications and moves the mouse away: before a screenshot meant for readers. */
  tidy(): Promise<void>;
  webview(nth?: number): FrameLocator;
}

/** Polls `probe` until it returns something true, and returns it; an exception counts as not yet. */
export declare function until<T>(
  probe: () => T | Promise<T>,
  what: string,
  ms?: number,
): Promise<T>;
