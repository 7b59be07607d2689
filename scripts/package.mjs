// `npm run package`: builds the extension and packs it as out/reprolens.vsix.
import path from 'node:path';
import { ROOT } from '../test/harness/lib/paths.mjs';
import { build, installTools, packageVsix } from './lib/setup.mjs';

try {
  installTools();
  await build({ tests: false });
  console.log(path.relative(ROOT, await packageVsix()));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
