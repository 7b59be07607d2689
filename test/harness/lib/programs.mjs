// Programs that are on the machine already. Node built-ins only.
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The path of a program on PATH; undefined when it is not there. @param {string} name */
export function onPath(name) {
  const dirs = (process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  return dirs
    .flatMap((dir) => endings.map((ending) => path.join(dir, name + ending)))
    .find((file) => existsSync(file));
}

/** The path of a Chromium: $CHROMIUM_PATH, else one on PATH; undefined when there is none. */
export function findBrowser() {
  const names = ['chromium', 'google-chrome-stable', 'google-chrome'];
  return process.env['CHROMIUM_PATH'] || names.map(onPath).find(Boolean);
}
