import assert from 'node:assert/strict';
import {
  MOST_CONTAINER_CONF,
  parseContainerConf,
} from '../../../src/core/formats/container/conf.js';
import { refProblem, urlProblem } from '../../../src/core/formats/container/repositories.js';
import { CONF, told } from './configSupport.js';

const URL = 'https://example.org/a.git';
const found = (text: string, options?: { notes?: boolean }): string[] =>
  told(text, parseContainerConf(text, CONF).findings, options);

describe('container.conf', () => {
  it('finds nothing in a list of tags', () => {
    const text = `# repositories\n\n a|${URL}|v1.2.3|pip_editable\nb|git@example.org:u/b.git|2.0|reference|src/b\n`;
    const { repositories, findings } = parseContainerConf(text.replace(' a', 'a'), CONF);
    assert.deepEqual(findings, []);
    assert.deepEqual(
      repositories.map(({ name, ref, destination }) => [name?.text, ref?.text, destination?.text]),
      [
        ['a', 'v1.2.3', undefined],
        ['b', '2.0', 'src/b'],
      ],
    );
  });
  it('wants four or five fields', () => {
    assert.deepEqual(found(`a|${URL}|v1\n  a|b|c|d|e|f  \nfree text\n`), [
      `error repository-fields: a|${URL}|v1`,
      'error repository-fields: a|b|c|d|e|f',
      'error repository-fields: free text',
    ]);
  });
  it('points at the field, and proposes the method that was meant', () => {
    const text = `a|${URL}|v1|pip-editable\nb|${URL}|v1|make # note\n`;
    const { findings } = parseContainerConf(text, CONF);
    assert.deepEqual(told(text, findings), [
      'error repository-method: pip-editable',
      'error repository-method: make # note',
    ]);
    assert.deepEqual(
      findings.map((each) => each.code === 'repository-method' && each.suggestion),
      ['pip_editable', undefined],
    );
  });
  it('points at branches, short commits and nothing at all', () => {
    const short = '0a1b2c3';
    const text = `a|${URL}|main|reference\nb|${URL}||reference\nc|${URL}|${short}|reference\nd|${URL}|odd-name|reference\n`;
    assert.deepEqual(found(text), [
      'warning repository-ref: main',
      'warning repository-ref: ',
      `warning repository-ref: ${short}`,
      'info repository-ref: odd-name',
      `info repository-commits: ${short}`,
    ]);
  });
  it('notes once that older vaibify cannot clone a commit', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const text = `a|${URL}|${commit}|reference\nb|${URL}|${commit}|reference\n`;
    const { findings } = parseContainerConf(text, CONF);
    assert.deepEqual(
      findings.map(({ code, severity }) => [code, severity]),
      [['repository-commits', 'info']],
    );
    assert.equal(findings[0]?.code === 'repository-commits' && findings[0].times, 2);
  });
  it('refuses names that are taken, reserved, paths or options', () => {
    const text = ['a', 'A', '.git', 'x/y', '-o', '']
      .map((name) => `${name}|${URL}|v1|reference|${name.length}${name.charCodeAt(0)}`)
      .join('\n');
    assert.deepEqual(found(text), [
      'error repository-name: .git',
      'error repository-name: x/y',
      'error repository-name: -o',
      'error repository-name: ',
      'error repository-duplicate: A',
    ]);
  });
  it('refuses folders that overlap or lead out', () => {
    const line = (name: string, folder = ''): string =>
      `${name}|${URL}|v1|reference${folder && `|${folder}`}`;
    assert.deepEqual(
      found(
        [
          line('a'),
          line('b', 'a/sub'),
          line('c', './a'),
          line('d', '../x'),
          line('e', 'ab'),
          line('f', 'q/r'),
          line('g', 'q'),
        ].join('\n'),
      ),
      [
        'error repository-destination: ../x',
        'error repository-duplicate: a/sub',
        'error repository-duplicate: ./a',
        'error repository-duplicate: q',
      ],
    );
  });
  it('warns of blanks and CR, which the container does not take away', () => {
    assert.deepEqual(found(`a |${URL}| v1|reference\r\n`), [
      'warning container-conf-blank: a',
      'warning container-conf-blank: v1',
      'warning container-conf-crlf: ',
    ]);
  });
  it('reads neither a byte-order mark nor an empty fifth field as content', () => {
    assert.deepEqual(found(`\ufeffa|${URL}|v1|reference|\n`), []);
  });
});

describe('container.conf: what a reference fixes', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    tag: [
      'v1',
      'v1.2.3',
      '1.2',
      '1.2.3-rc.1',
      'release-2.0',
      'paper/v1.0',
      '20240101',
      'refs/tags/x',
      '0123456789abcdef0123456789abcdef01234567',
    ],
    branch: [
      'main',
      'Master',
      'develop',
      'HEAD',
      'refs/heads/v1',
      'origin/main',
      'feature/1.2',
      'trunk',
    ],
    short: ['abcdef0', '0123456789abcdef0123456789abcdef0123456'],
    'upper-case': ['0123456789ABCDEF0123456789ABCDEF01234567'],
    unclear: [
      'ada',
      'work',
      'abcdef',
      '0123456789abcdef0123456789abcdef012345678',
      'x'.repeat(5000),
    ],
    empty: [''],
  };
  for (const [kind, refs] of Object.entries(cases)) {
    for (const ref of refs) {
      it(`${kind}: ${ref.slice(0, 50)}`, () => {
        assert.equal(refProblem(ref) ?? 'tag', kind);
      });
    }
  }
});

describe('container.conf: addresses', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    good: [
      URL,
      'http://h/x',
      'git://h/x',
      'ssh://git@h:22/x',
      'git@github.com:u/r.git',
      'host:path/r',
      'https://git@h/x',
    ],
    credentials: ['https://token@h/x', 'https://u:p@h/x', 'ssh://u:p@h/x'],
    characters: [
      'https://h/$(id)',
      'https://h/a b',
      "https://h/'",
      'https://h/a;b',
      'https://h/`id`',
      'https://h/a\u0007',
    ],
    option: ['--upload-pack=x', '-x'],
    form: ['/tmp/x', './x', 'file:///x', 'ext::sh', 'C:/x', 'name', 'https://', 'ftp://h/x'],
    empty: [''],
  };
  for (const [kind, urls] of Object.entries(cases)) {
    for (const url of urls) {
      it(`${kind}: ${JSON.stringify(url)}`, () => {
        assert.equal(urlProblem(url) ?? 'good', kind);
      });
    }
  }
  it('never repeats an address that holds a password', () => {
    const text = 'a|https://ada:hunter2@h/x|v1|reference\n';
    assert.equal(
      JSON.stringify(parseContainerConf(text, CONF).findings).includes('hunter2'),
      false,
    );
  });
});

describe('container.conf: hostile text', () => {
  it('is not read when it is too large', () => {
    const { findings, repositories } = parseContainerConf('x|'.repeat(5_000_000), CONF);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['config-too-large'],
    );
    assert.deepEqual(repositories, []);
  });
  const fill = (text: string): string => text.repeat(Math.floor(MOST_CONTAINER_CONF / text.length));
  const hostile: Readonly<Record<string, string>> = {
    'fields without end': fill('|'),
    'lines without fields': fill('a\n'),
    'equal names': fill('a|b|c|d\n'),
    'deep folders': fill(`a|https://h/x|v1|reference|${'a/'.repeat(200)}\n`),
    'a long reference': `a|https://h/x|${fill('1.').slice(100)}|reference`,
    'a long address': `a|https://${fill('a').slice(100)}|v1|reference`,
    'a long method': `a|https://h/x|v1|${fill('p').slice(100)}`,
    blanks: `a|https://h/x|v1|r${fill(' ').slice(100)}e`,
  };
  for (const [name, text] of Object.entries(hostile)) {
    it(`ends quickly on ${name}`, () => {
      const { findings } = parseContainerConf(text, CONF);
      assert.ok(findings.length > 0);
      assert.ok(findings.length <= 201);
    });
  }
});
