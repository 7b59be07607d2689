import type { Page } from 'playwright-core';
import type { Workbench } from './workbench.mjs';

export { Workbench, until } from './workbench.mjs';

/** One of the editor's own themes; their names differ between versions. */
export type Theme = 'light' | 'dark' | 'contrast' | 'contrastLight';

export interface OpenOptions {
  /** The folder to open a copy of; test/fixtures/workspace when nothing is given. */
  folder?: string;
  /** Several folders, copied into one multi-root workspace; their base names must differ. */
  folders?: string[];
  /** A .code-workspace file, opened where it is. */
  workspace?: string;
  /** Whether each copy is a git work tree with one commit; true by default. */
  git?: boolean;
  theme?: Theme;
  /** User settings. */
  settings?: Record<string, unknown>;
  /** true: everything is trusted (default); false: Restricted Mode; 'ask': the dialog comes up. */
  trust?: boolean | 'ask';
  /** The package to install; the one that `npm test` made by default, none for `false`. */
  vsix?: string | false;
  /** Added to the environment of the extension host and of its terminals. */
  env?: Record<string, string>;
  viewport?: { width: number; height: number };
}

export interface Opened {
  page: Page;
  wb: Workbench;
  url: string;
  /** The copy that is open; the first one of several. */
  root: string;
  roots: string[];
  version: 'latest' | 'min';
  /** Changes the theme while it runs, and waits until it is shown. */
  setTheme(theme: Theme): Promise<void>;
  /** Writes out/screenshots/<version>/<name>.png; resolves with its path. */
  shot(name: string): Promise<string>;
  /** Ends browser and server and removes the copies; safe to call twice. */
  stop(): Promise<void>;
}

export declare function openWorkbench(options?: OpenOptions): Promise<Opened>;
