/** Executables that stand in for tools which cannot be installed here; tests that use one say so in their name. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a stand-in was started with. */
export interface Started {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly input: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A directory at the front of PATH. */
export interface StandIns {
  /** A program of this name; `body` is JavaScript that has `argv`, `input` and `fs`. */
  readonly add: (name: string, body: string) => void;
  /** What a program was started with last, `--version` aside. */
  readonly started: (name: string) => Started | undefined;
  /** Takes it from PATH again. */
  readonly remove: () => void;
}

/** Begins with no program; those named in `absent` fail, should the machine have them. */
export function standIns(absent: readonly string[]): StandIns {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprolens-tools-')));
  const bin = path.join(directory, 'bin');
  const before = process.env['PATH'] ?? '';
  const record = (name: string): string => path.join(directory, `${name}.json`);
  const write = (name: string, script: string): void => {
    writeFileSync(path.join(bin, name), script);
    chmodSync(path.join(bin, name), 0o755);
  };
  mkdirSync(bin);
  for (const name of absent) write(name, '#!/bin/sh\nexit 127\n');
  process.env['PATH'] = `${bin}${path.delimiter}${before}`;
  return {
    add: (name, body) => {
      const version = name === 'uv' ? 'uv 9.9.9' : `${name}, version 9.9.9`;
      write(
        name,
        `#!${process.execPath}
const fs = require('fs');
const argv = process.argv.slice(2);
if (argv.includes('--version')) { console.log(${JSON.stringify(version)}); process.exit(0); }
const input = argv.includes('-') ? fs.readFileSync(0, 'utf8') : '';
fs.writeFileSync(${JSON.stringify(record(name))}, JSON.stringify({ argv, cwd: process.cwd(), input, env: process.env }));
const out = argv[argv.indexOf('-o') + 1];
${body}
`,
      );
    },
    started: (name) => {
      try {
        return JSON.parse(readFileSync(record(name), 'utf8')) as Started;
      } catch {
        return undefined;
      }
    },
    remove: () => {
      process.env['PATH'] = before;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
