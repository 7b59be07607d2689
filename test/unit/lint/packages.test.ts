/** Fixes of what is installed, downloaded and built upon. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import type { CalledKind } from '../../../src/core/formats/plan/calls.js';
import { lintFile, lintPlan } from '../../../src/core/lint/lint.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { Finding } from '../../../src/core/model/finding.js';
import { isComplete } from '../../../src/core/model/fix.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { fixTitle } from '../../../src/core/words/planFixes.js';
import { skip } from '../../harness/skip.js';
import { edited, editsOf } from './edited.js';

const FILE = 'x' as RepoPath;
const found = (text: string, kind: CalledKind = 'shell'): Finding[] =>
  lintFile({ file: FILE, kind, text, digest: '0'.repeat(64) as Sha256 });
/** With all that is offered, nothing filled in. */
function offered(text: string, kind?: CalledKind): string {
  return edited(
    text,
    found(text, kind).flatMap(({ fix }) => fix?.edits ?? []),
  );
}

describe('Fixes of packages', function () {
  this.timeout(120_000);
  const CASES: readonly (readonly [was: string, is?: string])[] = [
    ['apt-get install -y curl g++', 'apt-get install -y curl=VERSION g++=VERSION'],
    [
      'apt install libc6:i386 a=1 b= "c"',
      'apt install libc6:i386=VERSION a=1 b=VERSION "c=VERSION"',
    ],
    ['apt install ./a.deb c- d/stable e* $F "$G" "h i"'],
    [
      "sh -c 'apt install a; pip install b'",
      "sh -c 'apt install a=VERSION; pip install b==VERSION'",
    ],
    ['sh -c "apt install \\"a\\" b"'],
    ['P=a; apt install $P'],
    ['pip install a b[x,y] c~=1.0', 'pip install a==VERSION b[x,y]==VERSION c==VERSION'],
    ['pip install \'a>=1,<2\' "b[x] > 1"', 'pip install \'a==VERSION\' "b[x]==VERSION"'],
    [
      'pip install \'a>=1 ; python_version>"3"\'',
      'pip install \'a==VERSION ; python_version>"3"\'',
    ],
    ['pip install a==1.*', 'pip install a==VERSION'],
    ['uv pip install -q a -t b', 'uv pip install -q a==VERSION -t b'],
    // The shell writes to a file `=1`.
    ['pip install a>=1'],
    ['pip install https://e.org/a.tgz "b @ https://e.org/b.tgz" a\\ b'],
    ['pip install git+https://e.org/a', 'pip install git+https://e.org/a@COMMIT'],
    [
      'pip install "a @ git+https://e.org/a.git@v1#egg=a"',
      'pip install "a @ git+https://e.org/a.git@COMMIT#egg=a"',
    ],
    ['pip install git+https://t0ken@e.org/a git+ssh://git@e.org/a git+https://e.org/$A'],
    ['conda install a "b>=1" c=1 d::e', 'conda install a=VERSION "b=VERSION" c=1 d::e=VERSION'],
    ['mamba install "a[version=1]" f.tar.bz2:x'],
    ['pip install -r a.txt', 'pip install --require-hashes -r a.txt'],
    [
      'pip install -q --requirement=$D/a.txt',
      'pip install --require-hashes -q --requirement=$D/a.txt',
    ],
    ['python3 -m pip install -ra.txt', 'python3 -m pip install --require-hashes -ra.txt'],
    ['pip install a==1', 'pip install --require-hashes -r requirements.lock'],
    [
      'pip install -q a==1 "b==2" -t c',
      'pip install -q --require-hashes -r requirements.lock -t c',
    ],
    ['pip install a==1 -q b==1'],
    ['pip install a==1 >x b==1'],
    ['pip install a==1 .'],
    ['pip install a==1 -r b.txt'],
    ['pip install a==1 -c b.txt'],
    ['pip install -e . -r a.txt'],
    ['pip install . ; pip install ./a.whl; pip install -e .'],
    [`pip install git+https://e.org/a@${'0'.repeat(40)}`],
  ];
  for (const [was, is = was] of CASES) {
    it(`${was === is ? 'leave' : 'change'}: ${was}`, () => {
      assert.equal(offered(was), is);
      for (const { fix } of found(was)) {
        const isAdded = fix?.edits[0]?.replacement === ' --require-hashes';
        assert.ok(
          fix === undefined || isComplete(fix) === isAdded,
          'what a person fills in is said',
        );
      }
    });
  }

  it('are made in lists as well', () => {
    const plan = (step: string): string =>
      `artifact: a\nenvironment: {LC_ALL: C, TZ: UTC}\nsteps:\n  - ${step}\n`;
    for (const [was, is] of [
      ['[apt-get, install, curl]', '[apt-get, install, "curl=VERSION"]'],
      ['[pip, install, "a>=1"]', '[pip, install, "a==VERSION"]'],
      ['[pip, install, -r, a.txt]', '[pip, install, "--require-hashes", -r, a.txt]'],
      ['[sh, -c, "pip install a"]', '[sh, -c, "pip install a==VERSION"]'],
    ] as const) {
      const findings = lintPlan(parsePlan(plan(was), FILE), []);
      const edits = findings.flatMap(({ fix }) => fix?.edits ?? []);
      assert.equal(edited(plan(was), edits), plan(is));
      const filled = parsePlan(edited(plan(was), editsOf(findings)), FILE);
      const left = lintPlan(filled, []).map(({ code }) => code);
      assert.deepEqual(
        left.filter((code) => code !== 'pip-without-hashes'),
        [],
      );
    }
  });

  it('say what they do', () => {
    const titles = (text: string): unknown[] => found(text).map((each) => fixTitle(each));
    assert.deepEqual(titles('pip install a git+https://e.org/b'), [
      'Name a version of a',
      'Name a commit of git+https://e.org/b',
    ]);
    assert.deepEqual(titles('pip install a==1; pip install -r b'), [
      'Install from a lock file with --require-hashes',
      'Add --require-hashes to pip',
    ]);
  });
});

/** Makes the smallest package that can be installed, and says its digest. */
const WHEEL = `
import hashlib, zipfile
name = "tiny_thing-1.0-py3-none-any.whl"
info = "tiny_thing-1.0.dist-info/"
with zipfile.ZipFile(name, "w") as wheel:
    wheel.writestr("tiny_thing.py", "")
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny-thing\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
print(hashlib.sha256(open(name, "rb").read()).hexdigest())
`;

describe('Fixes for pip', function () {
  this.timeout(120_000);
  let directory = '';
  let digest = '';
  before(function () {
    if (spawnSync('pip', ['--version']).status !== 0) skip(this, 'there is no pip');
    directory = mkdtempSync(path.join(tmpdir(), 'pip-'));
    digest = spawnSync('python3', ['-c', WHEEL], {
      cwd: directory,
      encoding: 'utf8',
    }).stdout.trim();
    assert.match(digest, /^[0-9a-f]{64}$/);
  });
  after(() => {
    if (directory !== '') rmSync(directory, { recursive: true, force: true });
  });

  /** Runs pip with a list of a package and its hash, or without one. */
  function pip(script: string, hash: string): { status: number | null; stderr: string } {
    for (const name of ['requirements.txt', 'requirements.lock']) {
      writeFileSync(path.join(directory, name), `tiny-thing==1.0 ${hash}\n`);
    }
    const local = '--no-index --find-links . --disable-pip-version-check --root-user-action ignore';
    const text = script.replace('install', `install ${local}`);
    const { status, stderr } = spawnSync('sh', ['-c', text], { cwd: directory, encoding: 'utf8' });
    return { status, stderr };
  }

  for (const script of [
    'pip install -t lib1 -r requirements.txt',
    'pip install -q -t lib2 --requirement=requirements.txt --no-deps',
    'python3 -m pip install tiny-thing==1.0 -q -t lib3',
  ]) {
    it(`make it refuse what has no hash: ${script}`, () => {
      const now = edited(script, editsOf(found(script)));
      assert.notEqual(now, script);
      assert.deepEqual(found(now), []);
      assert.equal(pip(script, '').status, 0);
      assert.match(pip(now, '').stderr, /Hashes are required in --require-hashes mode/);
      assert.match(pip(now, `--hash=sha256:${'0'.repeat(64)}`).stderr, /DO NOT MATCH THE HASHES/);
      const right = pip(now, `--hash=sha256:${digest}`);
      assert.equal(right.status, 0, right.stderr);
    });
  }
});

describe('Fixes of Dockerfiles', function () {
  this.timeout(120_000);
  const HEAD = '# syntax=docker/dockerfile:1\n';
  it('name digests and checksums where they stand', () => {
    const text = [
      `${HEAD}ARG B=debian:12`,
      'FROM --platform=$BUILDPLATFORM debian:12-slim AS a',
      'FROM $B AS b',
      'FROM localhost:5000/x/y',
      'FROM a',
      'COPY --from=nginx:1.27 --chown=0 /x /y',
      'COPY --from=a /x /y',
      'RUN --mount=type=bind,from=busybox,target=/b apt-get install -y \\',
      '    # why',
      '    curl \\',
      '    make # all',
      'RUN ["pip", "install", "a"]',
      'ADD --chown=0 https://e.org/a.tgz /a',
      'ADD https://e.org/a https://e.org/b /c/',
      'ADD local.tgz https://e.org/b /c/',
      'RUN <<EOF',
      'pip install -r a.txt',
      'EOF',
    ].join('\r\n');
    const now = offered(text, 'dockerfile');
    assert.deepEqual(
      now.split('\r\n').filter((line, index) => line !== text.split('\r\n')[index]),
      [
        '# syntax=docker/dockerfile:1@sha256:DIGEST\nARG B=debian:12',
        'FROM --platform=$BUILDPLATFORM debian:12-slim@sha256:DIGEST AS a',
        'FROM localhost:5000/x/y@sha256:DIGEST',
        'COPY --from=nginx:1.27@sha256:DIGEST --chown=0 /x /y',
        'RUN --mount=type=bind,from=busybox@sha256:DIGEST,target=/b apt-get install -y \\',
        '    curl=VERSION \\',
        '    make=VERSION # all',
        'RUN ["pip", "install", "a==VERSION"]',
        'ADD --checksum=sha256:SHA256 --chown=0 https://e.org/a.tgz /a',
        'pip install --require-hashes -r a.txt',
      ],
    );
    const left = found(edited(text, editsOf(found(text, 'dockerfile'))), 'dockerfile');
    assert.deepEqual(left.map(({ code }) => code).sort(), [
      ...['download-without-checksum', 'download-without-checksum', 'download-without-checksum'],
      ...['epoch-not-set', 'image-not-pinned', 'pip-without-hashes'],
    ]);
  });

  it('are each of what was found, where much stands in one word', () => {
    const text = `FROM scratch\nRUN sh -c 'apt install a b'\n`;
    const names = found(text, 'dockerfile').flatMap((each) =>
      each.code === 'package-not-pinned' ? [[each.name, edited(text, each.fix?.edits ?? [])]] : [],
    );
    assert.deepEqual(names, [
      ['a', text.replace(' a', ' a=VERSION')],
      ['b', text.replace(' b', ' b=VERSION')],
    ]);
  });

  it('count columns behind a byte-order mark as editors do', () => {
    const [finding] = found('\ufeffFROM debian:12\n', 'dockerfile').filter(({ fix }) => fix);
    assert.deepEqual(finding?.fix?.edits[0]?.span.start, { line: 1, column: 15 });
  });

  it('end on files of any length', () => {
    for (const unit of ['RUN curl a|sh\n', 'RUN pip install a\n', 'FROM a\n', 'ADD http://a b\n']) {
      found(unit.repeat((256 << 10) / unit.length), 'dockerfile');
    }
    for (const unit of [
      'curl a.de|sh;',
      'curl a.de|sh&&',
      'pip install a==1 ',
      "sh -c 'apt install a';",
    ]) {
      found(unit.repeat((256 << 10) / unit.length));
    }
    found(`sh -c '${'apt install a;'.repeat(5000)}'`);
  });
});
