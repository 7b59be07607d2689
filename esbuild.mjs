// The only emitter: extension, command line, hash worker and tests. A failed build fails the process.
//   node esbuild.mjs [--dev] [--tests]
import { build } from 'esbuild';
import { appendFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { noticesOf } from './scripts/lib/notices.mjs';

const dev = process.argv.includes('--dev');

const shared = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // jsonc-parser's UMD `main` bundles into a broken file; its `module` is whole.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
};

const shipped = {
  ...shared,
  outdir: 'dist',
  minify: !dev,
  sourcemap: dev ? 'inline' : false,
  // Comments of a few packages only; the notices below are of all.
  legalComments: 'none',
  metafile: true,
};

rmSync('dist', { recursive: true, force: true });
const [door, editor, programs] = await Promise.all([
  // The door is a file of its own: activation must not even parse what is behind it.
  build({
    ...shipped,
    entryPoints: { extension: 'src/extension.ts' },
    external: ['vscode', './editor.js'],
  }),
  build({ ...shipped, entryPoints: { editor: 'src/editor.ts' }, external: ['vscode'] }),
  // Without `vscode` as an external: an editor import that creeps into the core breaks this build.
  build({
    ...shipped,
    entryPoints: { cli: 'src/cli/main.ts', hashWorker: 'src/core/system/hashWorker.ts' },
  }),
]);
writeFileSync(
  'dist/ThirdPartyNotices.txt',
  noticesOf([door, editor, programs].map(({ metafile }) => metafile)),
);
// The command line also travels alone, into repositories whose workflow runs it.
appendFileSync(
  'dist/cli.js',
  `/*\n${noticesOf([programs.metafile]).replaceAll('*/', '* /')}\n*/\n`,
);

if (process.argv.includes('--tests')) {
  rmSync('out/test', { recursive: true, force: true });
  const entryPoints = readdirSync('test', { recursive: true })
    .map((file) => path.join('test', file))
    .filter((file) => !file.includes('node_modules'))
    .filter((file) => file.endsWith('.test.ts') || file.endsWith(path.join('bench', 'main.ts')));
  await build({
    ...shared,
    entryPoints,
    outbase: 'test',
    outdir: 'out/test',
    external: ['vscode'],
    packages: 'external',
    sourcemap: 'inline',
  });
}
