/** Downloads that are checked before they are run, run by real shells. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CalledKind } from '../../../src/core/formats/plan/calls.js';
import { lintFile } from '../../../src/core/lint/lint.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { Finding } from '../../../src/core/model/finding.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { skip } from '../../harness/skip.js';
import { edited } from './edited.js';

const found = (text: string, kind: CalledKind = 'shell'): Finding[] =>
  lintFile({ file: 'x' as RepoPath, kind, text, digest: '0'.repeat(64) as Sha256 }).filter(
    ({ code }) => code === 'piped-script',
  );

/** The script with its fixes made, a digest filled in for the blank. */
function checked(text: string, digest: string, kind?: CalledKind): string {
  const edits = found(text, kind).flatMap(({ fix }) => fix?.edits ?? []);
  return edited(text, edits).replaceAll('SHA256  ', `${digest}  `);
}

const SCRIPT = 'echo ran >> ran; echo "out $*"; echo "$FOO" >> ran\n';
const PYTHON = 'import sys; open("ran", "a").write("ran"); print("out", *sys.argv[1:])\n';
const PERL = 'open(F, ">>ran"); print F "ran"; print "out @ARGV\\n";\n';
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const WRONG = '0'.repeat(64);

interface Ran {
  readonly status: number | null;
  readonly output: string;
  readonly ran: string | undefined;
}

function run(shell: string, script: string, body: string): Ran {
  const directory = mkdtempSync(path.join(tmpdir(), 'piped-'));
  try {
    writeFileSync(path.join(directory, 'body'), body);
    const text = script.replaceAll('URL', `file://${directory}/body`);
    const env = { PATH: process.env['PATH'] ?? '', HOME: directory };
    const { status, stdout } = spawnSync(shell, ['-c', text], {
      cwd: directory,
      env,
      encoding: 'utf8',
    });
    const trace = path.join(directory, 'ran');
    const ran = existsSync(trace) ? readFileSync(trace, 'utf8') : undefined;
    return { status, output: stdout.replaceAll(directory, ''), ran };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/** Scripts, and what they run. */
const CASES: readonly (readonly [script: string, body?: string])[] = [
  ['curl -sSf URL | sh'],
  ['curl -sSf URL|bash -'],
  ['curl -sSf URL | FOO=1 bash -eu'],
  ['FOO=1 curl -s --retry 2 "URL" | env FOO=2 sh -s -- -x "a b"'],
  ['curl -s URL | sh -s one two > log 2>&1; cat log'],
  ['true && curl -s URL | sh && echo then'],
  ['true || curl -s URL | sh'],
  ['false || curl -s URL | sh || echo else'],
  ['if ! curl -s URL | sh; then echo bad; fi; echo end'],
  ['(curl -s URL | sh); echo end'],
  ['{ curl -s URL | sh; } > log; cat log'],
  ['for i in 1 2; do curl -s URL | sh -s $i; done'],
  ['f() { curl -s URL | sh -s -- "$@"; }; f a b'],
  ['curl -s URL | \\\n  sh'],
  ['set -e\ncurl -s URL \\\n | sh\necho end'],
  ['x=URL; curl -s "$x" | sh'],
  ['curl -s URL | sh & wait'],
  ['case a in a) curl -s URL | sh;; esac'],
  ['curl -s URL | python3 - a b', PYTHON],
  ['curl -s URL | python3 -u', PYTHON],
  ['curl -s URL | perl - a b', PERL],
];

describe('Downloads that are run', function () {
  this.timeout(120_000);
  before(function () {
    for (const program of ['curl', 'sha256sum', 'bash', 'perl', 'python3']) {
      if (!has(program)) skip(this, `there is no ${program}`);
    }
  });
  for (const [written, body = SCRIPT] of CASES) {
    it(`do the same once they are checked: ${written.replaceAll('\n', '⏎')}`, () => {
      // The lint reads addresses of the network.
      const script = written.replaceAll('URL', 'file:///URL');
      const real = (text: string): string => text.replaceAll('file:///URL', 'URL');
      const now = checked(script, digestOf(body));
      assert.notEqual(now, script);
      assert.deepEqual(found(now), [], now);
      for (const shell of ['sh', 'bash']) {
        const [before, after] = [script, now].map((text) => run(shell, real(text), body));
        const isSaid = (line: string): boolean =>
          line !== 'download.sh: OK' && !/^download/.test(line);
        const heard = after!.output.split('\n').filter(isSaid).join('\n');
        assert.deepEqual({ ...after, output: heard }, before, now);
        assert.ok(written.startsWith('true ||') || after?.ran !== undefined);
        for (const digest of [WRONG, 'SHA256']) {
          const { ran } = run(shell, real(checked(script, digest)), body);
          assert.equal(ran, undefined, `${shell}: ${checked(script, digest)}`);
        }
      }
    });
  }

  it('end a script that ends where a command fails', () => {
    const script = 'set -e\ncurl -s file:///URL | sh\necho reached\n';
    const wrong = run('sh', checked(script, WRONG).replaceAll('file:///URL', 'URL'), SCRIPT);
    assert.deepEqual([wrong.status, wrong.output, wrong.ran], [1, '', undefined]);
  });

  it('say nothing where their output is kept', () => {
    const script = '{ curl -s file:///URL | sh; } > log; cat log';
    const now = checked(script, digestOf(SCRIPT)).replaceAll('file:///URL', 'URL');
    assert.equal(run('sh', now, SCRIPT).output, 'out \n');
  });

  it('are fetched by wget into the same file', () => {
    for (const [script, expected] of [
      ['wget -qO- https://e.org/x | sh', 'wget -qO download.sh https://e.org/x &&'],
      ['wget -q -O - https://e.org/x | sh', 'wget -q -O download.sh https://e.org/x &&'],
      ['wget https://e.org/x -O- | sh', 'wget https://e.org/x -O download.sh &&'],
      [
        'wget --quiet --output-document=- https://e.org/x | sh',
        'wget --quiet --output-document=download.sh https://e.org/x &&',
      ],
    ] as const) {
      const now = checked(script, WRONG);
      const check = ` echo '${WRONG}  download.sh' | sha256sum -c - && sh download.sh`;
      assert.equal(now, expected + check);
    }
  });

  it('are left alone where more happens to them', () => {
    for (const script of [
      'curl https://e.org/x | sh | tee log',
      'echo a | curl https://e.org/x | sh',
      'curl https://e.org/x -o y | sh',
      'curl -O https://e.org/x | sh',
      'curl https://e.org/x https://e.org/y | sh',
      'curl https://e.org/{a,b} | sh',
      'curl $ARGS | sh',
      'curl "$@" | sh',
      'curl -K config https://e.org/x | sh',
      'curl https://e.org/x 2>&1 | sh',
      'curl https://e.org/x |& sh',
      'curl https://e.org/x | xargs sh',
      'curl https://e.org/x | sh -c "cat"',
      'curl https://e.org/x | sh other',
      'curl https://e.org/x | sh - other',
      'curl https://e.org/x | sh -s -e a',
      'curl https://e.org/x | bash -o pipefail',
      'curl https://e.org/x | sh < y',
      'curl https://e.org/x | python3 -m json.tool',
      'curl https://e.org/x | python3 -c "import sys"',
      'curl https://e.org/x | node',
      'sudo curl https://e.org/x | sh',
      'time curl https://e.org/x | sh',
      'echo $(curl https://e.org/x | sh)',
      'wget https://e.org/x | sh',
      'wget -i list -O- | sh',
      'wget -qO- https://e.org/x https://e.org/y | sh',
      'bash <(curl https://e.org/x)',
      'sh -c "$(curl https://e.org/x)"',
      "sh -c 'curl https://e.org/x | sh'",
    ]) {
      for (const { fix } of found(script)) assert.equal(fix, undefined, script);
    }
  });

  it('are checked in makefiles, Dockerfiles and lists', () => {
    const check = `echo '${WRONG}  download.sh' | sha256sum -c`;
    assert.equal(
      checked('a:\n\t@curl -s https://e.org/$(V) | sh -s $$x\n', WRONG, 'make'),
      `a:\n\t@curl -s https://e.org/$(V) -o download.sh && ${check} - && sh download.sh $$x\n`,
    );
    assert.equal(
      checked(
        'FROM scratch\nRUN apt update && curl -s https://e.org/x \\\n  | sh\n',
        WRONG,
        'dockerfile',
      ),
      `FROM scratch\nRUN apt update && curl -s https://e.org/x -o download.sh && ${check} - \\\n  && sh download.sh\n`,
    );
    assert.equal(
      checked('FROM scratch\nRUN ["sh", "-c", "curl https://e.org/x | sh"]\n', WRONG, 'dockerfile'),
      `FROM scratch\nRUN ["sh", "-c", "curl https://e.org/x -o download.sh && ${check} - && sh download.sh"]\n`,
    );
  });
});
