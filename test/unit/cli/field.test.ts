/**
 * Whole commands on the shapes of repositories in the field: manifests that are not called
 * MANIFEST.sha256, in sub-folders, made on Windows, of other algorithms. All names are invented.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { digest, directory, removeAll, reprolens, write } from './run.js';

const line = (name: string, content = name): string => `${digest(content)}  ${name}\n`;

function repository(files: Readonly<Record<string, string>>): string {
  const root = directory(files);
  spawnSync('git', ['init', '-q', root]);
  return root;
}

/** A repository with two sidecars in folders of their own, as software mirrors have them. */
const mirror = (): string =>
  repository({
    'tool/tool-1.zip': 'tool-1.zip',
    'tool/tool-1.zip.sha256': `${digest('tool-1.zip')} *tool-1.zip\n`,
    'font/font-2.zip': 'font-2.zip',
    'font/font-2.zip.sha256': `${digest('font-2.zip')} *font-2.zip\n`,
  });

describe('manifests that have another name', () => {
  after(removeAll);

  it('checks the only one there is, whatever its name', () => {
    const root = repository({ SHA256SUMS: line('a.csv'), 'a.csv': 'a.csv' });
    const { code, out } = reprolens(root, 'manifest', 'check');
    assert.equal(code, 0);
    assert.match(out, /^SHA256SUMS: 1\/1 verified/m);
  });

  it('checks the only one there is in a sub-folder, and names it from where the user stands', () => {
    const root = repository({ 'release/SHA256SUMS': line('a.csv'), 'release/a.csv': 'changed' });
    const { code, out } = reprolens(root, 'manifest', 'check');
    assert.equal(code, 1);
    assert.match(out, /^release\/SHA256SUMS:1:67: warning drifted: a\.csv: /m);
    assert.match(out, /^release\/SHA256SUMS: 0\/1 verified/m);
  });

  it('prefers MANIFEST.sha256 of the repository', () => {
    const root = repository({ 'MANIFEST.sha256': line('a.csv'), 'a.csv': 'a.csv', SHA256SUMS: '' });
    assert.match(reprolens(root, 'manifest', 'check').out, /^MANIFEST\.sha256: 1\/1 verified/m);
  });

  it('asks which of several is meant, by names that can be given back to it', () => {
    const root = mirror();
    const { code, err } = reprolens(root, 'manifest', 'check');
    assert.equal(code, 2);
    assert.match(err, /--manifest/);
    assert.match(err, /font\/font-2\.zip\.sha256/);
    const again = reprolens(root, 'manifest', 'check', '--manifest', 'font/font-2.zip.sha256');
    assert.equal(again.code, 0);
    for (const command of [['verify'], ['manifest', 'write']]) {
      const asked = reprolens(root, ...command);
      assert.equal(asked.code, 2, command.join(' '));
      const named = /tool\/tool-1\.zip\.sha256/.exec(asked.err)?.[0] ?? 'not named';
      assert.equal(reprolens(root, ...command, '--project', named).code, 0, command.join(' '));
    }
  });

  it('names only a few of many', () => {
    const files = Array.from({ length: 30 }, (_, i) => [`f${i}.bin.sha256`, line(`f${i}.bin`)]);
    const root = repository(Object.fromEntries(files) as Record<string, string>);
    const { code, err } = reprolens(root, 'verify');
    assert.equal(code, 2);
    assert.match(err, /and 25 more/);
  });

  it('takes --project for manifest check, too', () => {
    const root = mirror();
    const args = ['manifest', 'check', '--project', 'tool/tool-1.zip.sha256'];
    const { code, out } = reprolens(root, ...args);
    assert.equal(code, 0);
    assert.match(out, /^tool\/tool-1\.zip\.sha256: 1\/1 verified/m);
  });

  it('takes names from the git top level in a sub-folder, as status does', () => {
    const root = repository({
      'data/MANIFEST.sha256': line('data/a.csv'),
      'data/a.csv': 'data/a.csv',
    });
    for (const command of [['status'], ['manifest', 'check']]) {
      const { code, out } = reprolens(path.join(root, 'data'), ...command);
      assert.equal(code, 0, out);
      assert.match(out, /MANIFEST\.sha256/);
    }
  });

  it('says what to do where there is none at all', () => {
    const { code, err } = reprolens(directory(), 'manifest', 'check');
    assert.equal(code, 2);
    assert.match(err, /MANIFEST\.sha256: no such file/);
    // "manifest write" would only say that there is no pipeline to write it from.
    assert.doesNotMatch(err, /manifest write/);
    const step = { sName: 'S', sDirectory: 'S', saPlotCommands: [], saPlotFiles: ['a.svg'] };
    const pipeline = JSON.stringify({ sPlotDirectory: 'Plot', listSteps: [step] });
    const with_ = reprolens(repository({ 'workflow.json': pipeline }), 'manifest', 'check');
    assert.match(with_.err, /manifest write/);
  });

  it('says which names were looked for where there is only one of another algorithm', () => {
    const root = directory({ SHA512SUMS: `${'0'.repeat(128)}  a.csv\n` });
    const { code, err } = reprolens(root, 'status');
    assert.equal(code, 2);
    assert.match(err, /no SHA-256 checksum manifest \(MANIFEST\.sha256, SHA256SUMS, \*\.sha256\)/);
  });
});

describe('places in sub-folders', () => {
  after(removeAll);
  const drifted = (): string =>
    repository({ 'release/SHA256SUMS': line('a.csv'), 'release/a.csv': 'changed' });

  it('are named from the current directory by status, verify and manifest write', () => {
    const root = drifted();
    assert.match(reprolens(root, 'status').out, /^SHA256SUMS \(release\/SHA256SUMS, /m);
    for (const command of ['status', 'verify']) {
      const { out } = reprolens(root, command);
      assert.match(out, /^ *release\/SHA256SUMS:1:67: warning drifted: a\.csv/m, command);
    }
    write(root, 'release/SHA256SUMS', line('gone.csv'));
    const { err } = reprolens(root, 'manifest', 'write', '--dry-run');
    assert.match(err, /^release\/SHA256SUMS:1:67: error not-a-file: gone\.csv/m);
  });

  it('are named from the current directory with --repo, and in full beyond it', () => {
    const root = drifted();
    const above = reprolens(path.dirname(root), 'status', '--repo', path.basename(root));
    assert.match(above.out, new RegExp(`^ *${path.basename(root)}/release/SHA256SUMS:1:67: `, 'm'));
    const beside = reprolens(directory(), 'status', '--repo', root);
    assert.match(beside.out, new RegExp(`^ *${root}/release/SHA256SUMS:1:67: `, 'm'));
  });

  it('come with a check command that works where it is pasted', () => {
    const root = drifted();
    const { code, out } = reprolens(root, 'manifest', 'write');
    assert.equal(code, 0);
    const command = /written, 1 entry; "(.*)" checks it/.exec(out)?.[1] ?? 'exit 9';
    assert.equal(spawnSync('sh', ['-c', command], { cwd: root }).status, 0, command);
  });
});

describe('what manifest write says', () => {
  after(removeAll);

  it('does not call an entry removed whose file is missing, for it keeps the old manifest', () => {
    const root = repository({ SHA256SUMS: line('a.csv') + line('data/b.bin'), 'a.csv': 'a.csv' });
    const { code, out, err } = reprolens(root, 'manifest', 'write', '--dry-run');
    assert.equal(code, 1);
    assert.doesNotMatch(out, /remove/);
    assert.match(err, /data\/b\.bin: The file does not exist\. Bring it back, or /);
    const { removed, skipped } = JSON.parse(
      reprolens(root, 'manifest', 'write', '--dry-run', '--json').out,
    ) as { removed: unknown[]; skipped: { path: string }[] };
    assert.deepEqual(removed, []);
    assert.deepEqual(
      skipped.map((each) => each.path),
      ['data/b.bin'],
    );
  });

  it('calls a problem of the manifest by its own code', () => {
    const root = repository({ SHA256SUMS: 'placeholder\n' });
    const { err } = reprolens(root, 'manifest', 'write');
    assert.match(err, /^SHA256SUMS:1:1: error manifest-malformed-line: /m);
  });

  it('says so when only the form changes', () => {
    const root = repository({
      SHA256SUMS: line('b.csv') + line('a.csv'),
      'a.csv': 'a.csv',
      'b.csv': 'b.csv',
    });
    const { code, out } = reprolens(root, 'manifest', 'write', '--dry-run');
    assert.equal(code, 1);
    assert.match(out, /^SHA256SUMS: the pins stay as they are; only .*form/m);
  });

  it('speaks of an old file only where there is one', () => {
    const step = { sName: 'S', sDirectory: 'S', saPlotCommands: [], saPlotFiles: ['a.svg'] };
    const root = repository({
      'workflow.json': JSON.stringify({ sPlotDirectory: 'Plot', listSteps: [step] }),
    });
    const { code, out } = reprolens(root, 'manifest', 'write');
    assert.equal(code, 1);
    assert.doesNotMatch(out, /old file/);
  });
});

describe('what is no SHA-256 manifest', () => {
  after(removeAll);
  const sha512 = (name: string): string =>
    `${createHash('sha512').update(name).digest('hex')}  ${name}\n`;

  it('is told from a broken one, in few words', () => {
    const names = Array.from({ length: 50 }, (_, i) => `f${i}.bin`);
    const root = repository({ SHA512SUMS: names.map(sha512).join('') });
    const { code, out, err } = reprolens(root, 'manifest', 'check', '--manifest', 'SHA512SUMS');
    assert.equal(code, 2);
    assert.match(err, /SHA512SUMS: holds digests of another algorithm than SHA-256/);
    assert.ok(out.split('\n').length < 8, out);
  });
});

describe('names as Windows writes them', () => {
  after(removeAll);

  it('are explained where a file is not found', () => {
    const root = repository({
      'a.zip.sha256': line('x64\\a.zip', 'a').replaceAll('\n', '\r\n'),
      'x64/a.zip': 'a',
    });
    for (const command of [['status'], ['verify'], ['manifest', 'check']]) {
      const { code, out } = reprolens(root, ...command);
      assert.equal(code, 1);
      assert.match(out, /does not exist.*"\\".*"\/"/, command.join(' '));
    }
  });
});

describe('a manifest of one line', () => {
  after(removeAll);

  it('is spoken of in words that suit one', () => {
    const sidecar = (text: string): string => repository({ 'a.bin.sha256': text, 'a.bin': 'a' });
    for (const text of [
      `${digest('a')} *a.bin\r\n`,
      `${digest('a').toUpperCase()} a.bin`,
      `SHA256 (a.bin) = ${digest('a')}\n`,
      ` ${digest('a')}  a.bin\n`,
    ]) {
      const root = sidecar(text);
      const { code, out } = reprolens(root, 'status');
      assert.equal(code, 0, out);
      assert.match(out, /manifest-lenient/);
      assert.doesNotMatch(out, /\b1 (?:lines|digests|names)/);
      assert.match(reprolens(root, 'manifest', 'write').out, /written, 1 entry;/);
      assert.match(reprolens(root, 'manifest', 'write').out, /up to date, 1 entry$/m);
    }
  });
});

describe('a manifest of files that are published elsewhere', () => {
  after(removeAll);

  it('does not drown status in one line a file', () => {
    const names = Array.from({ length: 500 }, (_, i) => `part-${i}.bin`);
    const root = repository({ SHA256SUMS: names.map((name) => line(name)).join('') });
    const { code, out } = reprolens(root, 'status');
    assert.equal(code, 1);
    assert.match(out, /500 missing/);
    assert.match(out, /and 300 more; --json lists all/);
    assert.ok(out.split('\n').length < 210);
  });
});

describe('a clear-signed manifest', () => {
  after(removeAll);
  const signed = (root: string): string =>
    [
      '-----BEGIN PGP SIGNED MESSAGE-----',
      'Hash: SHA256',
      '',
      `${digest('a')}  a.bin`,
      '-----BEGIN PGP SIGNATURE-----',
      '',
      'iHUEARYIAB0WIQT0aGlzIGlzIG5vdCBhIHNpZ25hdHVyZQ==',
      '=Ab3d',
      '-----END PGP SIGNATURE-----',
      root,
    ].join('\n');

  it('is read; its wrapping is one note, and what stands behind it counts again', () => {
    const root = repository({ SHA256SUMS: signed(''), 'a.bin': 'a' });
    const { code, out } = reprolens(root, 'manifest', 'check');
    assert.equal(code, 0, out);
    assert.match(out, /1\/1 verified/);
    assert.equal(out.match(/PGP signature, which was not checked/g)?.length, 1);
    write(root, 'SHA256SUMS', signed('trailing words'));
    assert.equal(reprolens(root, 'manifest', 'check').code, 1);
  });

  it('is never written anew: the signature would be lost', () => {
    const root = repository({ SHA256SUMS: signed(''), 'a.bin': 'b' });
    const { code, err } = reprolens(root, 'manifest', 'write');
    assert.equal(code, 1);
    assert.match(err, /PGP signature/);
  });
});
