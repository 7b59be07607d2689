import assert from 'node:assert/strict';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import type { CalledKind } from '../../../src/core/formats/plan/calls.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { lintFile, lintPlan } from '../../../src/core/lint/lint.js';
import { edited, editsOf } from './edited.js';

const file = (kind: CalledKind, text: string) =>
  lintFile({ file: 'x' as RepoPath, kind, text, digest: '0'.repeat(64) as Sha256 });
const said = (kind: CalledKind, text: string): string[] =>
  file(kind, text).map(({ code, place }) => {
    const { line = 0, column = 0 } = place?.span.start ?? {};
    return `${line}:${column} ${code}`;
  });

describe('Lint of Python programs', () => {
  const CASES: readonly (readonly [text: string, ...expected: string[]])[] = [
    ['import random\nx = random.random()\n', '2:5 lint-python-seed'],
    ['import random\nrandom.seed(7)\nx = random.random()\n'],
    ['import random\nrandom.seed()\nx = random.random()\n', '3:5 lint-python-seed'],
    ['import random\nx = random.Random(7).random()\ny = random.Random()\n', '3:5 lint-python-seed'],
    ['from random import shuffle\nshuffle(x)\n', '2:1 lint-python-seed'],
    ['from mine import shuffle\nshuffle(x)\n'],
    ['import numpy as np\nnp.random.normal(0, 1)\n', '2:1 lint-python-seed'],
    ['import numpy as np\nnp.random.seed(1)\nnp.random.normal(0, 1)\n'],
    ['import numpy as np\nrng = np.random.default_rng()\n', '2:7 lint-python-seed'],
    ['import numpy as np\nrng = np.random.default_rng(3)\nrng.normal()\n'],
    ['import uuid\nx = uuid.uuid4()\n', '2:5 lint-python-random'],
    ['import uuid\nx = uuid.uuid5(a, "b")\n'],
    ['from datetime import datetime\nx = datetime.now()\n', '2:5 lint-python-time'],
    ['import os\nt = os.environ.get("SOURCE_DATE_EPOCH") or datetime.now()\n'],
    ['import os\nfor f in os.listdir("."):\n  pass\n', '2:10 lint-python-order'],
    ['import os\nfor f in sorted(os.listdir(".")):\n  pass\n'],
    ['import gzip\nf = gzip.open("a.gz", "wb")\n', '2:5 lint-python-archive'],
    ['import gzip\nf = gzip.open("a.gz")\ng = gzip.GzipFile(fileobj=x, mode="wb", mtime=0)\n'],
    ['import tarfile\nt = tarfile.open("a.tgz", "w:gz")\n', '2:5 lint-python-archive'],
    ['import tarfile\nt = tarfile.open("a.tar", "w")\n'],
    ['# random.random()\nimport random\nx = "random.random() os.listdir("\n'],
    ['"""\nimport random\nrandom.random()\n"""\n'],
  ];
  for (const [text, ...expected] of CASES) {
    it(`${expected.length === 0 ? 'lets pass' : 'tells'}: ${text.trim().replaceAll('\n', '⏎')}`, () => {
      assert.deepEqual(said('python', text), expected);
    });
  }
  it('ends on quotes that nothing closes', () => {
    for (const unit of ["'", '"', "'''", '#', "'\\", 'random.seed(']) {
      said('python', unit.repeat((256 << 10) / unit.length));
    }
  });
});

describe('Lint of makefiles', () => {
  it('reads recipes, and what make runs itself', () => {
    const text = [
      'VERSION := $(shell date +%Y)',
      'OBJECTS = $(patsubst %.c,%.o,$(wildcard *.c))',
      'date: tar',
      '\techo $(VERSION) $(shell hostname) > $@',
      'dist.tgz: $(OBJECTS)',
      '\t@tar --sort=name --mtime=@0 --owner=:0 --group=:0 \\',
      '\t  -czf $@ $^',
      '\tgcc -o $@ $< && echo $$(date) > stamp',
      '\tzip -X a.zip $(OBJECTS) > $(LOG)',
    ].join('\n');
    assert.deepEqual(said('make', text).sort(), [
      '1:20 lint-date',
      '2:30 lint-unsorted',
      '4:26 lint-host',
      '7:4 lint-gzip-header',
      '8:26 lint-date',
      '9:2 lint-zip-times',
    ]);
  });
  it('tells of lists of files that nothing sorts, and sorts them', () => {
    const text = [
      'SOURCES = $(wildcard src/*.c) # $(wildcard *.h)',
      'SORTED := $(sort $(wildcard *.c)) $(patsubst %.c,%.o,$(wildcard b/?.c))',
      'ifneq ($(wildcard *.mk),)',
      '-include $(wildcard *.d)',
      'ONE = $(wildcard config.mk) $(if $(wildcard *.x),yes)',
      'endif',
      'all:',
      '\tcat $(wildcard *.txt) $$(wildcard *.y) > $@',
    ].join('\r\n');
    assert.deepEqual(said('make', text), [
      '1:11 lint-unsorted',
      '2:54 lint-unsorted',
      '8:6 lint-unsorted',
    ]);
    const now = edited(text, editsOf(file('make', text)));
    assert.deepEqual(said('make', now), []);
    assert.match(now, /^SOURCES = \$\(sort \$\(wildcard src\/\*\.c\)\) # /);
    assert.match(now, /cat \$\(sort \$\(wildcard \*\.txt\)\) \$\$/);
  });
  it('doubles the dollar of what it puts in', () => {
    const [finding] = file('make', 'a:\n\tdate > $@\n');
    assert.equal(finding?.fix?.edits[0]?.replacement, ' -u -d @$${SOURCE_DATE_EPOCH:-0}');
  });
  it('reads a line of any length', () => {
    for (const unit of ['$(', '$(shell ', '$', '\t$(x) ', '\\\n\t']) {
      said('make', `a:\n\t${unit.repeat(20_000)}`);
    }
  });
});

describe('Lint of Dockerfiles', () => {
  it('tells of bases, packages and commands', () => {
    const text = [
      'FROM debian:12',
      'ENV SOURCE_DATE_EPOCH=1',
      'RUN --mount=type=cache,target=/x apt-get install -y \\',
      '    curl && \\',
      '    gzip a.tar',
      'RUN ["gzip", "b.tar"]',
    ].join('\n');
    assert.deepEqual(said('dockerfile', text).sort(), [
      '1:6 image-not-pinned',
      '4:5 package-not-pinned',
      '5:5 lint-gzip-header',
      '6:7 lint-gzip-header',
    ]);
  });
});

describe('Lint of scripts', () => {
  it('knows the variables of the plan', () => {
    const plan = parsePlan(
      'artifact: a\nenvironment: {GZIP: -n, LC_ALL: C, TZ: UTC}\nsteps: [sh x]\n',
      'plan.yaml' as RepoPath,
    );
    const script = { file: 'x' as RepoPath, kind: 'shell' as const, text: 'gzip a\ndate > b\n' };
    const findings = lintPlan(plan, [{ ...script, digest: '0'.repeat(64) as Sha256 }]);
    assert.deepEqual(
      findings.map(({ code, place }) => `${place?.file} ${code}`),
      ['x lint-date'],
    );
  });
  it('counts what a script exports', () => {
    const plan = parsePlan('artifact: a\nsteps: [sh x]\n', 'plan.yaml' as RepoPath);
    const script = {
      file: 'x' as RepoPath,
      kind: 'shell' as const,
      text: 'export LC_ALL=C TZ=UTC\n',
    };
    assert.deepEqual(lintPlan(plan, [{ ...script, digest: '0'.repeat(64) as Sha256 }]), []);
  });
});

describe('Lint of hostile scripts', () => {
  // Each made some rule look at every command for every command.
  for (const unit of [
    ...[
      'date|',
      'git clone a:b;',
      'A=$A$B;B=$A;',
      'find .|',
      '$(date)',
      'tar -cf a $RANDOM ',
      'zip -r x;',
    ],
    ...['T=$(mktemp);tar -c $T;', 'tar $F;F=a;', 'x<<E\n', 'sh -c a ', 'curl x|', 'sh -c "'],
    ...['$((', '$(( $((1)) ', '$((RANDOM)) ', '{ date\n', '{ date;}>a;', 'x<<E\n$RANDOM\nE\n'],
  ]) {
    it(`ends on ${JSON.stringify(unit)} again and again`, () => {
      said('shell', unit.repeat((256 << 10) / unit.length));
    });
  }
  it('ends on variables of variables', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => `A${i}=$A${i + 1}`);
    said('shell', `${chain.join('\n')}\nA10000=$(date)`);
  });
});
