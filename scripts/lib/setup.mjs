// Gets the project ready: its tools, its build, its package. Node built-ins only.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { matchesLock, npmCi } from '../../test/harness/lib/npm.mjs';
import { ROOT, VSIX } from '../../test/harness/lib/paths.mjs';
import { node } from './process.mjs';

const OLDEST_NODE = 20;

/** The project's own node_modules, exactly as locked; takes no time when they are there. */
export function installTools() {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new Error(`Node ${OLDEST_NODE} or newer is needed, this is ${process.version}`);
  }
  if (matchesLock(ROOT)) return;
  console.log("installing the project's tools ...");
  npmCi(ROOT);
}

/** @param {{ tests: boolean }} what */
export async function build({ tests }) {
  const { code } = await node(['esbuild.mjs', ...(tests ? ['--tests'] : [])]);
  if (code !== 0) throw new Error('the build failed');
}

/** Makes out/reprolens.vsix from what is built. */
export async function packageVsix() {
  mkdirSync(path.dirname(VSIX), { recursive: true });
  const vsce = path.join(ROOT, 'node_modules/@vscode/vsce/vsce');
  const { code, said } = await node(
    [
      ...[vsce, 'package', '--no-dependencies', '--out', VSIX],
      // links in README.md stay as they are: they are not guessed from a repository's address
      ...['--allow-missing-repository', '--no-rewrite-relative-links'],
    ],
    { quiet: true },
  );
  if (code !== 0) throw new Error(`packaging failed:\n${said}`);
  return VSIX;
}
