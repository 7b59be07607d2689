// `npm run bench [-- --quick]`: builds, packs, and measures side by side with the real tools. Never part of the tests.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { installHarness } from '../test/harness/install.mjs';
import { HARNESS, HAS_SERVER, ROOT } from '../test/harness/lib/paths.mjs';
import { node } from './lib/process.mjs';
import { build, installTools, packageVsix } from './lib/setup.mjs';

try {
  installTools();
  if (HAS_SERVER) installHarness(['latest']);
  await build({ tests: true });
  await packageVsix();
  const harness = pathToFileURL(path.join(HARNESS, 'lib/e2e.mjs')).href;
  const env = HAS_SERVER ? { REPROLENS_HARNESS: harness } : {};
  const main = path.join(ROOT, 'out/test/bench/main.js');
  const { code } = await node([main, ...process.argv.slice(2)], { env });
  process.exitCode = code ?? 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
