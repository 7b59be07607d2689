// Writes the JSON schemas below media/schema from the schemas of the core: node scripts/schemas.mjs
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

/** The file of each schema, and the module and function that make it. */
const SCHEMAS = [
  ['vaibify-project', 'src/core/formats/vaibify/jsonSchema.ts', 'vaibifyJsonSchema'],
  ['vaibify', 'src/core/words/vaibifyConfigJsonSchema.ts', 'vaibifyConfigJsonSchema'],
  ['plan', 'src/core/words/planJsonSchema.ts', 'planJsonSchema'],
];

mkdirSync('media/schema', { recursive: true });
for (const [name, entry, make] of SCHEMAS) {
  const file = `media/schema/${name}.schema.json`;
  const { outputFiles } = await build({
    entryPoints: [entry],
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
  const text = JSON.stringify(module.exports[make]());
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'json' }));
}
