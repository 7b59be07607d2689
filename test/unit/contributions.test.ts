/** package.json and the code say the same, in both directions. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import {
  COLORS,
  COMMANDS,
  CONTEXT_KEYS,
  DIAGNOSTICS_OWNER,
  MANIFEST_LANGUAGE,
  PROBLEM_MATCHER,
  SETTINGS,
  TASK_TYPE,
  VIEW,
  VIEW_CONTAINER,
} from '../../src/vscode/contributions.js';
import { STATUS_KINDS } from '../../src/core/model/status.js';

interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<
      Record<string, { readonly command: string; readonly when?: string }[]>
    >;
    readonly configuration: {
      readonly properties: Readonly<Record<string, { scope?: string; default?: unknown }>>;
    };
    readonly colors: { readonly id: string; readonly defaults: Readonly<Record<string, string>> }[];
    readonly views: Readonly<Record<string, { readonly id: string }[]>>;
    readonly viewsContainers: { readonly activitybar: { readonly id: string }[] };
    readonly taskDefinitions: { readonly type: string; readonly properties: object }[];
    readonly problemMatchers: {
      readonly name: string;
      readonly owner: string;
      readonly pattern: { readonly regexp: string };
    }[];
    readonly languages: { readonly id: string }[];
  };
}

const ROOT = path.resolve(__dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const manifestText = read('package.json');
const manifest = JSON.parse(manifestText) as Manifest;
const { contributes } = manifest;
const sorted = (values: Iterable<string>): string[] => [...values].sort();

/** All sources of the editor layer, as one text. */
const files = (readdirSync(path.join(ROOT, 'src'), { recursive: true }) as string[])
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `src/${file.replaceAll(path.sep, '/')}`);
const sources = files.map(read).join('\n');

describe('package.json and the code', () => {
  it('have the same commands', () => {
    const contributed = contributes.commands.map(({ command }) => command);
    assert.deepEqual(sorted(contributed), sorted(Object.values(COMMANDS)));
    for (const name of Object.keys(COMMANDS)) {
      assert.match(sources, new RegExp(`\\[COMMANDS\\.${name}\\]`), `${name} has a handler`);
    }
  });

  it('put every command into the palette under a condition', () => {
    const palette = new Map(
      contributes.menus['commandPalette']!.map((item) => [item.command, item.when]),
    );
    for (const id of Object.values(COMMANDS)) {
      if (id === COMMANDS.showLog) continue; // useful when nothing else works
      assert.ok(palette.get(id), `${id} has a when clause`);
    }
  });

  it('offer only existing commands in menus', () => {
    const known = new Set<string>(Object.values(COMMANDS));
    for (const items of Object.values(contributes.menus)) {
      for (const { command } of items) assert.ok(known.has(command), command);
    }
  });

  it('have the same settings, each with a scope and a default', () => {
    const { properties } = contributes.configuration;
    assert.deepEqual(sorted(Object.keys(properties)), sorted(Object.keys(SETTINGS)));
    for (const [key, schema] of Object.entries(properties)) {
      assert.ok(schema.scope, `${key} has a scope`);
      assert.notEqual(schema.default, undefined, `${key} has a default`);
      assert.ok(sources.includes(`'${key}'`), `${key} is read somewhere`);
    }
  });

  it('use only context keys that the code sets, and set only those used', () => {
    const ours = new Set<string>([...Object.values(CONTEXT_KEYS)]);
    const notKeys = new Set([VIEW, ...Object.values(COMMANDS), ...Object.keys(SETTINGS)]);
    const whens = manifestText.match(/"(?:when|enablement)": "[^\n]*"/g) ?? [];
    const used = new Set(
      whens
        .flatMap((when) => when.match(/reprolens\.[A-Za-z]+/g) ?? [])
        .filter((key) => !notKeys.has(key as never)),
    );
    assert.deepEqual(sorted(used), sorted(ours));
  });

  it('have the same colours, one a state, with all four defaults', () => {
    assert.deepEqual(sorted(contributes.colors.map(({ id }) => id)), sorted(Object.values(COLORS)));
    assert.deepEqual(sorted(Object.keys(COLORS)), sorted(STATUS_KINDS));
    for (const { id, defaults } of contributes.colors) {
      assert.deepEqual(
        sorted(Object.keys(defaults)),
        ['dark', 'highContrast', 'highContrastLight', 'light'],
        id,
      );
    }
  });

  it('have a gutter shape for every state, light and dark', () => {
    for (const theme of ['light', 'dark']) {
      const drawn = readdirSync(path.join(ROOT, 'media/gutter', theme)).map(
        (file) => path.parse(file).name,
      );
      assert.deepEqual(sorted(drawn), sorted(STATUS_KINDS), theme);
    }
  });

  it('name the same task, matcher, view and language', () => {
    assert.deepEqual(
      contributes.taskDefinitions.map(({ type }) => type),
      [TASK_TYPE],
    );
    assert.deepEqual(
      contributes.problemMatchers.map(({ name }) => name),
      [PROBLEM_MATCHER],
    );
    assert.equal(contributes.problemMatchers[0]!.owner, DIAGNOSTICS_OWNER);
    assert.deepEqual(
      contributes.views[VIEW_CONTAINER]!.map(({ id }) => id),
      [VIEW],
    );
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [VIEW_CONTAINER],
    );
    assert.deepEqual(
      contributes.languages.map(({ id }) => id),
      [MANIFEST_LANGUAGE],
    );
  });

  it('reach only files that exist', () => {
    for (const [, file] of manifestText.matchAll(/"(?:\.\/)?(media\/[^"]+)"/g)) {
      assert.ok(existsSync(path.join(ROOT, file!)), file);
    }
  });

  it('have every text in package.nls.json, and no text too many', () => {
    const used = new Set([...manifestText.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key!));
    assert.deepEqual(
      sorted(used),
      sorted(Object.keys(JSON.parse(read('package.nls.json')) as object)),
    );
  });

  it('pin the editor types to the oldest editor that is supported', () => {
    const minor = /\d+\.\d+/.exec(manifest.engines.vscode)?.[0];
    assert.equal(/\d+\.\d+/.exec(manifest.devDependencies['@types/vscode'] ?? '')?.[0], minor);
  });

  it('have every translatable sentence in the bundle', function () {
    this.timeout(60_000);
    const out = mkdtempSync(path.join(tmpdir(), 'reprolens-l10n-'));
    try {
      const tool = path.join(ROOT, 'node_modules/@vscode/l10n-dev/dist/cli.js');
      execFileSync(process.execPath, [tool, 'export', '--outDir', out, 'src'], { cwd: ROOT });
      const fresh = JSON.parse(readFileSync(path.join(out, 'bundle.l10n.json'), 'utf8')) as object;
      const kept = JSON.parse(read('l10n/bundle.l10n.json')) as object;
      assert.deepEqual(sorted(Object.keys(kept)), sorted(Object.keys(fresh)), 'run "npm run l10n"');
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });
});

describe('what is shipped', () => {
  it('cannot start a process from inside the editor: in Restricted Mode there is nothing to forget', () => {
    for (const file of ['extension', 'editor', 'hashWorker']) {
      assert.doesNotMatch(read(`dist/${file}.js`), /child_process/, file);
    }
    assert.match(read('dist/cli.js'), /child_process/, 'what the pattern is for is found');
  });

  it('evaluates no reader of documents before a project is found', async () => {
    const { metafile } = await build({
      ...{ entryPoints: ['src/editor.ts'], external: ['vscode'], outfile: 'editor.js' },
      ...{ bundle: true, platform: 'node', mainFields: ['module', 'main'] },
      ...{ write: false, metafile: true, logLevel: 'error' },
    });
    const reached = new Set(['src/editor.ts']);
    const heavy = /node_modules\/(?:zod|yaml|jsonc-parser|smol-toml|minimatch)\//;
    for (const file of reached) {
      for (const { path: imported, kind } of metafile.inputs[file]?.imports ?? []) {
        if (kind !== 'dynamic-import' && imported in metafile.inputs) reached.add(imported);
      }
    }
    assert.ok(reached.has('src/vscode/model.ts'));
    assert.ok(Object.keys(metafile.inputs).some((file) => heavy.test(file)));
    assert.deepEqual(
      [...reached].filter((file) => heavy.test(file)),
      [],
    );
  });

  it('reaches no network from inside the editor', () => {
    const opened = /require\("(?:node:)?(?:https?|http2|net|tls|dgram)"\)/;
    // The name of what `system/http.ts` throws: where it is, that module is.
    const ours = /HttpError/;
    for (const file of ['extension', 'editor', 'hashWorker']) {
      assert.doesNotMatch(read(`dist/${file}.js`), opened, file);
      assert.doesNotMatch(read(`dist/${file}.js`), ours, file);
    }
    assert.match(read('dist/cli.js'), ours, 'what the pattern is for is found');
    assert.match(read('dist/cli.js'), /rfc3161Timestamps/, 'the libraries of Sigstore');
    assert.doesNotMatch(read('dist/editor.js'), /rfc3161Timestamps/);
    // The translation library can fetch a bundle by its address; we hand it the text instead.
    assert.doesNotMatch(sources, /l10n\.config\(\{ (?:uri|fsPath)/);
    const fetching = files.filter((file) => /\bfetch\(/.test(read(file)));
    assert.deepEqual(fetching, ['src/core/system/http.ts']);
  });
});

describe('the CI workflow', () => {
  it('has a read-only token and pins every action to a commit', () => {
    const workflow = parse(read('.github/workflows/ci.yml')) as {
      permissions: unknown;
      jobs: Record<string, { steps: { uses?: string }[] }>;
    };
    assert.deepEqual(workflow.permissions, { contents: 'read' });
    const uses = Object.values(workflow.jobs).flatMap(({ steps }) =>
      steps.flatMap((step) => step.uses ?? []),
    );
    assert.ok(uses.length > 0);
    for (const action of uses) assert.match(action, /@[0-9a-f]{40}$/, action);
  });
});
