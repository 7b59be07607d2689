import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';

const ROOT = path.resolve('.');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const PACKAGE = /from '((?:@[^/']+\/)?[^./'][^/']*)/g;
const builtIn = new Set([...builtinModules, 'vscode']);

/** Packages that some file of a folder imports for more than its types. */
function imported(folder: string): Set<string> {
  const files = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  const lines = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => read(path.join(folder, file)).split('\n'))
    .filter((line) => !line.startsWith('import type'));
  const names = lines.flatMap((line) => [...line.matchAll(PACKAGE)].map(([, name]) => name ?? ''));
  return new Set(names.filter((name) => !name.startsWith('node:') && !builtIn.has(name)));
}

describe('licences of what is bundled', () => {
  it('name every package that we import, with its version and its text', () => {
    const notices = read('dist/ThirdPartyNotices.txt');
    const packages = imported('src');
    assert.ok(packages.size >= 10, [...packages].join());
    for (const name of packages) {
      const { version } = JSON.parse(read(`node_modules/${name}/package.json`)) as {
        version: string;
      };
      assert.ok(notices.includes(`\n${name} ${version} (`), name);
    }
    assert.ok(notices.includes(read('node_modules/yaml/LICENSE').trim()));
    assert.ok(notices.includes(read('node_modules/signal-exit/LICENSE.txt').trim()), 'deep down');
  });

  it('travel with the command line, which also goes alone', () => {
    const program = read('dist/cli.js');
    assert.ok(program.includes(read('node_modules/commander/LICENSE').trim()));
    assert.match(program, /^xz-decompress .* \(MIT\)$/m, 'loaded late, and bundled all the same');
  });

  it('are packed, and nothing of the packages themselves', () => {
    const vsce = path.join(ROOT, 'node_modules/@vscode/vsce/vsce');
    const listed = execFileSync(process.execPath, [vsce, 'ls', '--no-dependencies'], {
      cwd: ROOT,
      encoding: 'utf8',
    }).split('\n');
    assert.ok(listed.includes('dist/ThirdPartyNotices.txt'), listed.join());
    assert.deepEqual(
      listed.filter((file) => file.includes('node_modules')),
      [],
    );
  });
});
