// Writes the JSON schemas below media/schema from the schemas of the core: node scripts/schemas.mjs
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const FILE = 'media/schema/vaibify-project.schema.json';

const { outputFiles } = await build({
  entryPoints: ['src/core/formats/vaibifyJsonSchema.ts'],
  bundle: true,
  write: false,
  platform: 'node',
  format: 'cjs',
  mainFields: ['module', 'main'],
});
const module = { exports: {} };
new Function('module', 'exports', 'require', outputFiles[0].text)(
  module,
  module.exports,
  createRequire(import.meta.url),
);

mkdirSync('media/schema', { recursive: true });
const text = JSON.stringify(module.exports.vaibifyJsonSchema());
writeFileSync(FILE, await format(text, { ...(await resolveConfig(FILE)), parser: 'json' }));
