/** The fixes of Python programs, tried with the real Python: what was different is equal after them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lintFile } from '../../../src/core/lint/lint.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { Finding } from '../../../src/core/model/finding.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { skip } from '../../harness/skip.js';
import { edited, editsOf, filledIn } from './edited.js';

const found = (text: string): Finding[] =>
  lintFile({ file: 'x.py' as RepoPath, kind: 'python', text, digest: '0'.repeat(64) as Sha256 });
const fixed = (text: string): string => edited(text, editsOf(found(text)));

/** Enough of numpy to be seeded. */
const NUMPY = [
  'from random import Random as RandomState',
  '_own = RandomState()',
  'seed, normal = _own.seed, _own.gauss',
  'default_rng = RandomState',
].join('\n');

let directory = '';

/** Runs programs of the standard input, each by itself, with a clock and generators of its own. */
const RUNNER = `
import contextlib, io, json, random, runpy, sys, time
import numpy
time.time = lambda: int(sys.argv[1]) + 0.5
outputs = []
for program in json.load(sys.stdin):
    random.seed()
    numpy.random.seed()
    with open("program.py", "w", newline="") as file:
        file.write(program)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        try:
            runpy.run_path("program.py", run_name="__main__")
        except Exception as error:
            output.write("failed: " + repr(error))
    outputs.append(output.getvalue())
print(json.dumps(outputs))
`;

/** What programs print; the clock says the second that is asked for. */
function run(programs: readonly string[], second: number, runner = RUNNER): readonly string[] {
  const ran = spawnSync('python3', ['-c', runner, String(second)], {
    cwd: directory,
    encoding: 'utf8',
    input: JSON.stringify(programs),
  });
  assert.equal(ran.status, 0, ran.stderr);
  return JSON.parse(ran.stdout) as readonly string[];
}

const PRINT = 'print([random.random() for _ in range(4)])\n';

/** Programs that print something else in every run. */
const RANDOM: readonly string[] = [
  `import random\n${PRINT}`,
  `import random\r\n${PRINT.replace('\n', '\r\n')}`,
  `import random  # "why"\n${PRINT}`,
  `import os, random ; ${PRINT}`,
  `import os; import random; ${PRINT}`,
  `"""import random\nimport random"""\nimport random\n${PRINT}`,
  `from __future__ import annotations\nimport random\n${PRINT}`,
  `import random\ndef f():\n    return random.random()\nprint(f(), random.sample(range(99), 9))\n`,
  `try:\n    import random\nexcept ImportError:\n    random = None\n${PRINT}`,
  `if True:\n\tif 1:\n\t\timport random\n\n\telse:\n\t\tpass\n${PRINT}`,
  `def f():\n    import random\n    return random.random()\nimport random\nprint(f())\n`,
  `import random\nrandom.seed()\n${PRINT}`,
  `import random\nrandom.seed( None )\n${PRINT}`,
  `import random\nx = random.random()\nrandom.seed()\nprint(x, random.random())\n`,
  'from random import choice\nprint([choice(range(99)) for _ in range(9)])\n',
  'from random import random\nprint(random())\n',
  'from random import random as r, sample\nprint(sample(range(999), 9))\n',
  'from random import (shuffle, sample,)  # both\nx = list(range(99))\nshuffle(x)\nprint(x)\n',
  'import random\nfrom random import choice\nprint(random.random(), choice(range(999)))\n',
  'from random import seed, uniform\nseed()\nprint(uniform(0, 1))\n',
  'import random\nprint(random.Random().random(), random.Random(None).random())\n',
  'import numpy as np\nprint(np.random.normal(0, 1))\n',
  'import numpy\nprint(numpy.random.normal(0, 1))\n',
  'import numpy.random\nprint(numpy.random.normal(0, 1))\n',
  'import numpy as np\nnp.random.seed()\nprint(np.random.normal(0, 1))\n',
  'import numpy as np\nprint(np.random.default_rng().random(), np.random.RandomState(None).random())\n',
  'from numpy.random import default_rng\nprint(default_rng( ).random())\n',
];

/** Programs that print the time, whatever they do. */
const TIMED: readonly string[] = [
  'import gzip\nprint(gzip.compress(b"a"))\n',
  'import gzip\nprint(gzip.compress(b"a", 9,))\n',
  'import gzip\nprint(gzip.compress(\n  b"a",  # ) why\n  compresslevel=1\n  # end\n))\n',
  'import gzip\nprint(gzip.compress(\n  b"(",\n))\n',
  ...[
    'gzip.open("a.gz", "wb")',
    "gzip.open('a.gz', mode='wb', compresslevel=1)",
    'gzip.open(filename="a.gz", mode="w")',
    'gzip.open(path, "xb", 6)',
    'gzip.open("a" + ".gz", "wb", 9,)',
    'gzip.open(pathlib.Path("a.gz"), "wb")',
    'gzip.open(os.path.join(".", "a.gz"), "wb")',
    'gzip.open(pathlib.Path(".") / "a.gz", "wb")',
    'gzip.open(f"{path}", "ab")',
    'gzip.GzipFile("a.gz", "wb")',
    'gzip.GzipFile(filename="a.gz", mode="w", compresslevel=2)',
    'gzip.GzipFile("", "wb", 9, open("a.gz", "wb"))',
  ].map(
    (call) =>
      'import gzip, os, pathlib\npath = "a.gz"\nif os.path.exists(path): os.remove(path)\n' +
      `with ${call} as f:\n    f.write(b"x")\nprint(open(path, "rb").read(12))\n`,
  ),
];

/** Programs, and what they print once the names are sorted; the directory is listed in reverse. */
const NAMES = ['a', 'b', 'c', 'd'];
const ORDER: readonly string[] = [
  'print(os.listdir("d"))',
  'for x in os.listdir("d"): print(x)',
  'print([x for x in os.listdir("d") if x])',
  'print("".join(os.listdir(os.path.join("(", "..", "d")[5:])))',
  'print(os.listdir("d")[0], os.listdir(path="d")[1:])',
  'print(glob.glob("d/*", recursive=True))',
  'for x in glob.iglob("d/*"):\n    print(x)',
  'print(list( glob.iglob("d/*")))',
  'for x in os.scandir("d"): print(x.name)',
  'print([x.name for x in os.scandir("d")])',
  'for i, x in enumerate([] if False else os.listdir("d")): print(i, x)',
  'd = pathlib.Path("d")\nfor x in d.iterdir(): print(x)',
  'for x in pathlib.Path("d").iterdir(): print(x)',
  'class C: pass\nc = C()\nc.d = pathlib.Path("d")\nprint([x.name for x in c.d.rglob("*")])',
  'd = pathlib.Path("d")\nall_ = d.rglob("?")\nfor x in all_: print(x)',
];
/** What the disk gives may be sorted already: here it never is. */
const REVERSED = `
import glob, os, pathlib
class Entries:
    def __init__(self, entries): self.entries = iter(entries)
    def __iter__(self): return self
    def __next__(self): return next(self.entries)
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def close(self): pass
def reverse(module, name, kind):
    given = getattr(module, name)
    def reversed_(*args, **kwargs):
        entries = list(given(*args, **kwargs))
        return kind(sorted(entries, key=lambda each: getattr(each, "name", each), reverse=True))
    setattr(module, name, reversed_)
for module, name, kind in (
    (os, "listdir", list), (os, "scandir", Entries), (glob, "glob", list), (glob, "iglob", iter),
    (pathlib.Path, "iterdir", iter), (pathlib.Path, "rglob", iter),
):
    reverse(module, name, kind)
${RUNNER}`;

describe('Fixes of Python programs', function () {
  this.timeout(120_000);
  before(function () {
    if (spawnSync('python3', ['--version']).error !== undefined) skip(this, 'there is no python3');
    directory = mkdtempSync(path.join(tmpdir(), 'python-'));
    mkdirSync(path.join(directory, 'numpy'));
    writeFileSync(path.join(directory, 'numpy', '__init__.py'), 'from . import random\n');
    writeFileSync(path.join(directory, 'numpy', 'random.py'), NUMPY);
    mkdirSync(path.join(directory, 'd'));
    for (const name of NAMES) writeFileSync(path.join(directory, 'd', name), '');
  });
  after(() => {
    if (directory !== '') rmSync(directory, { recursive: true, force: true });
  });

  describe('make equal what was not', () => {
    const programs = [...RANDOM, ...TIMED];
    const now = programs.map(fixed);
    let outputs: readonly (readonly string[])[] = [];
    before(() => {
      outputs = [programs, now].flatMap((all) => [run(all, 1_000_000), run(all, 2_000_000)]);
    });
    for (const [index, program] of programs.entries()) {
      it(JSON.stringify(program).slice(1, -1), () => {
        const [one, two, three, four] = outputs.map((each) => each[index]);
        assert.notEqual(one, two);
        assert.equal(three, four, now[index]);
        assert.doesNotMatch(three!, /^$|failed/, now[index]);
        assert.deepEqual(found(now[index]!), [], now[index]);
        assert.equal(/[^\r]\n/.test(now[index]!), !program.includes('\r\n'));
      });
    }
  });

  describe('sort what the disk gives in any order', () => {
    const programs = ORDER.map((text) => `import glob, os, pathlib\n${text}\n`);
    const now = programs.map(fixed);
    let outputs: readonly (readonly string[])[] = [];
    before(() => {
      outputs = [programs, now].map((all) => run(all, 0, REVERSED));
    });
    for (const [index, program] of ORDER.entries()) {
      it(JSON.stringify(program).slice(1, -1), () => {
        const [was, is] = outputs.map((each) => each[index] ?? '');
        const names = (text: string): string => text.replaceAll('d/', '').replace(/[^abcd]/g, '');
        assert.deepEqual([names(was!), names(is!)], ['dcba', 'abcd'], now[index]);
        assert.deepEqual(found(now[index]!), [], now[index]);
      });
    }
  });

  it('are none where they would not be right', () => {
    for (const program of [
      // Seeded again and again, or not known to be one thing.
      'def f():\n    import random\n    return random.random()\n',
      'for i in x:\n    import random\n    random.random()\n',
      'def f(): pass; import random\nimport os, random as r\nrandom.random()\n',
      'if a:\n    import random\nelse:\n    import random\nrandom.random()\n',
      'if TYPE_CHECKING:\n    import random\nrandom.random()\n',
      'class A:\n    """\nx\n    """\n    import random\n    y = random.random()\n',
      'if a: \\\n  import random\nrandom.random()\n',
      'from random import choice, random\nseed = 3\nchoice(x)\n',
      'from random import (choice,\n  sample)\nchoice(x)\n',
      'import numpy as numerical\nnp.random.normal()\n',
      // Iterators that are asked for the next one, and what has no order.
      'x = glob.iglob("*")\nnext(x)\n',
      'next(glob.iglob("*"))\n',
      'return p.iterdir()\n',
      'f(p.rglob("*"))\n',
      'for x in f(y).iterdir(): pass\n',
      'for x in y[0].iterdir(): pass\n',
      'with os.scandir(p) as entries: pass\n',
      'x = os.scandir(p)\n',
      'x = os.listdir(\n    p)\n',
      'x = os.listdir(p\n',
      'from mine import sorted\nx = os.listdir(p)\n',
      // What may be no path, is text, or has the time already.
      'f = gzip.open(g, "wb")\n',
      'f = gzip.open(open("a", "wb"), "wb")\n',
      'f = gzip.open(pathlib.Path("a").open("wb"), "wb")\n',
      'f = gzip.open("a", "wt")\n',
      'f = gzip.open("a", "wb", encoding="x")\n',
      'f = gzip.open("a", "wb", *more)\n',
      'f = gzip.GzipFile(**{"mode": "wb"}, mode="wb")\n',
      'f = gzip.GzipFile("a", "wb", 9, g, 0)\n',
      'x = gzip.compress(*y)\n',
      'x = gzip.compress()\n',
      't = tarfile.open("a.tgz", "w:gz")\n',
      // Secrets, and times that may be measured.
      'x = uuid.uuid4(), os.urandom(8), secrets.token_hex(), random.SystemRandom()\n',
      'x = datetime.now()\n',
    ]) {
      const findings = found(program);
      assert.ok(findings.length > 0, program);
      for (const { fix } of findings) assert.equal(fix, undefined, program);
    }
  });

  it('are one for all calls of a generator', () => {
    const text =
      'import random\nfrom random import choice\nrandom.random(), random.random(), choice(x)\n';
    const fixes = found(text).map(({ fix }) => JSON.stringify(fix));
    assert.deepEqual([fixes.length, new Set(fixes).size], [3, 1]);
  });

  it('settle what they are about one by one', () => {
    for (const text of [...RANDOM, ...TIMED, ...ORDER]) {
      for (const { fix } of found(text)) {
        const now = edited(text, filledIn(fix!));
        assert.ok(found(now).length < found(text).length, now);
      }
    }
  });

  it('leave programs that Python can compile', () => {
    const shapes = [
      'import random',
      'import os, random',
      'from random import choice',
      'import numpy as np',
    ];
    const calls = [
      'random.random()',
      'choice(x)',
      'np.random.rand()',
      'os.listdir(x)',
      'gzip.compress(x)',
    ];
    const frames: readonly ((line: string) => string)[] = [
      (line) => `${line}\n`,
      (line) => `${line} # why\n\n`,
      (line) => `${line} ; y = 1\n`,
      (line) => `y = 1; ${line}\n`,
      (line) => `try:\n  ${line}\nexcept E:\n  pass\n`,
      (line) => `if y:\n\t${line}\n\tif z: ${line}\nelse: ${line}\n`,
      (line) => `with y:\n  ${line}\n\n  z = """\na\n"""\n`,
      (line) => `def f():\n  ${line}\nclass A:\n  ${line}\n`,
    ];
    const uses: readonly ((call: string) => string)[] = [
      (call) => call,
      (call) => `x = [y for y in ${call} if ${call}] # ${call}`,
      (call) => `def f(a=${call}): return {1: ${call}, "a": (${call},)}`,
      (call) => `x = f"{${call}}" + str(${call})[0] if ${call} else lambda: ${call}`,
    ];
    const programs = shapes.flatMap((shape) =>
      frames.flatMap((frame) =>
        uses.flatMap((use) =>
          ['\n', '\r\n'].map((eol) =>
            (frame(shape) + calls.map((call) => use(call)).join('\n')).replaceAll('\n', eol),
          ),
        ),
      ),
    );
    const now = programs.map(fixed);
    assert.ok(now.filter((text, index) => text.length > programs[index]!.length + 30).length > 200);
    const compiler =
      'import json, sys\nfor text in json.load(sys.stdin): compile(text.encode(), "x", "exec")\nprint([])';
    run(now, 0, compiler);
    assert.throws(() => run([...now, 'x = (\n'], 0, compiler), /SyntaxError/);
  });

  it('end on programs of any length', () => {
    for (const unit of [
      ...['import random;random.random();', 'import random\nrandom.random()\n', 'os.listdir(a);'],
      ...[
        ' import random\n',
        'a.iterdir()',
        'x=gzip.open("a","wb",',
        'gzip.compress([',
        'random.seed()\n',
      ],
      ...[
        'from random import choice;choice(a)\n',
        'for x in os.scandir(',
        'a+gzip.open(a+"/"+a+',
        'if a:\n',
      ],
    ]) {
      found(`import random\n${unit.repeat((256 << 10) / unit.length)}`);
    }
  });
});
