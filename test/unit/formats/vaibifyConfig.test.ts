import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseVaibifyConfig } from '../../../src/core/formats/vaibify/config.js';
import {
  SETTINGS,
  settingAt,
  settingsBelow,
} from '../../../src/core/formats/vaibify/configKeys.js';
import { sentence } from '../../../src/core/words/findings.js';
import { settingMarkdown, settingText } from '../../../src/core/words/configHelp.js';
import { vaibifyConfigJsonSchema } from '../../../src/core/words/vaibifyConfigJsonSchema.js';
import { told, YML } from './configSupport.js';

const HEX = '0123456789abcdef'.repeat(4);
/** A file in which there is nothing to find. */
const GOOD = `projectName: paper
pythonVersion: "3.12"
baseImage: ubuntu:24.04@sha256:${HEX}
packageManager: pip
repositories:
  - name: code
    url: https://example.org/code.git
    branch: v1.2.3
    installMethod: pip_editable
pythonPackages:
  - numpy==1.26.4
ports: ["8888:8888"]
features:
  latex: true
  gpu: no
reproducibility:
  zenodoService: sandbox
  overleaf:
    pullPaths: [a, b]
networkIsolation: true
cpuLimit: 0
memoryLimitGigabytes: 0.25
dashboardPort: 1024
`;

const parse = (text: string) => parseVaibifyConfig(text, YML);
/** What is found when lines are put in the place of a line of the good file. */
function changed(line: string, ...lines: string[]): string[] {
  assert.ok(GOOD.includes(`${line}\n`), line);
  const text = GOOD.replace(`${line}\n`, lines.map((each) => `${each}\n`).join(''));
  return told(text, parse(text).findings);
}
const added = (...lines: string[]): string[] => changed('cpuLimit: 0', ...lines);

describe('vaibify.yml', () => {
  it('finds nothing in a file that pins everything', () => {
    const { findings, repositories } = parse(GOOD);
    assert.deepEqual(findings, []);
    assert.deepEqual(
      repositories.map(({ ref }) => ref?.text),
      ['v1.2.3'],
    );
  });
  it('notes what a short file leaves open', () => {
    assert.deepEqual(told('projectName: x\n', parse('projectName: x\n').findings), [
      'info image-default: projectName',
      'info network-open: projectName',
    ]);
  });
  it('points at what can move', () => {
    assert.deepEqual(changed(`baseImage: ubuntu:24.04@sha256:${HEX}`, 'baseImage: ubuntu:24.04'), [
      'warning image-not-pinned: ubuntu:24.04',
    ]);
    assert.deepEqual(changed('    branch: v1.2.3', '    branch: main'), [
      'warning repository-ref: main',
    ]);
    assert.deepEqual(changed('    branch: v1.2.3'), ['warning repository-ref: name']);
    assert.deepEqual(changed('  - numpy==1.26.4', '  - numpy', '  - "scipy>=1"', '  - a==1'), [
      'warning package-not-pinned: numpy',
      'warning package-not-pinned: "scipy>=1"',
    ]);
    assert.deepEqual(changed('networkIsolation: true', 'networkIsolation: off'), [
      'info network-open: off',
    ]);
    assert.deepEqual(changed('networkIsolation: true'), ['info network-open: projectName']);
    assert.deepEqual(changed('networkIsolation: true', 'networkIsolation: "true"'), [
      'error config-type: "true"',
      'info network-open: "true"',
    ]);
  });
  it('checks names, numbers and choices', () => {
    assert.deepEqual(changed('projectName: paper', 'projectName: -x'), ['error config-text: -x']);
    assert.deepEqual(changed('projectName: paper', 'projectName: My Paper'), [
      'info config-name-case: My Paper',
    ]);
    assert.deepEqual(changed('projectName: paper', 'other: 1'), [
      'error config-missing-key: other',
      'info config-unknown-key: other',
    ]);
    assert.deepEqual(changed('packageManager: pip', 'packageManager: Pip'), [
      'error config-choice: Pip',
    ]);
    assert.deepEqual(changed('dashboardPort: 1024', 'dashboardPort: 80'), [
      'error config-range: 80',
    ]);
    assert.deepEqual(changed('dashboardPort: 1024', 'dashboardPort: 0'), []);
    assert.deepEqual(changed('dashboardPort: 1024', 'dashboardPort: 65536'), [
      'error config-range: 65536',
    ]);
    assert.deepEqual(added('cpuLimit: 1.5'), ['error config-type: 1.5']);
    assert.deepEqual(added('cpuLimit: -1'), ['error config-range: -1']);
    assert.deepEqual(changed('memoryLimitGigabytes: 0.25', 'memoryLimitGigabytes: 0.2'), [
      'error config-range: 0.2',
    ]);
    assert.deepEqual(changed('memoryLimitGigabytes: 0.25', 'memoryLimitGigabytes: .nan'), [
      'error config-range: .nan',
    ]);
    assert.deepEqual(changed('memoryLimitGigabytes: 0.25', 'memoryLimitGigabytes: .inf'), [
      'error config-range: .inf',
    ]);
  });
  it('says what YAML makes of a text without quotes', () => {
    const text = 'projectName: x\npythonVersion: 3.10\n';
    const finding = parse(text).findings.find(({ code }) => code === 'config-type');
    assert.equal(finding?.severity, 'warning');
    assert.match(sentence(finding), /reads this as 3\.1\. /);
  });
  it('wants lists, groups and switches where they belong', () => {
    assert.deepEqual(changed('  - numpy==1.26.4', '  numpy: 1'), ['error config-type: numpy: 1']);
    assert.deepEqual(added('secrets: x'), ['error config-type: x']);
    assert.deepEqual(added('secrets:'), ['error config-type: ']);
    assert.deepEqual(changed('  gpu: no', '  gpu: 1'), ['error config-type: 1']);
    assert.deepEqual(changed('  zenodoService: sandbox', '  zenodoService: [a]'), [
      'error config-type: [a]',
    ]);
    assert.deepEqual(changed('    pullPaths: [a, b]', '    pullPaths: [a, {}]'), [
      'error config-type: {}',
    ]);
    assert.deepEqual(changed('    url: https://example.org/code.git'), [
      'error config-missing-key: name',
    ]);
  });
  it('proposes the key that was meant', () => {
    const meant = (key: string): string | undefined => {
      const finding = parse(`projectName: x\n${key}: 1\n`).findings.find(
        ({ code }) => code === 'config-unknown-key',
      );
      return finding?.code === 'config-unknown-key' ? finding.suggestion : undefined;
    };
    assert.equal(meant('network_isolation'), 'networkIsolation');
    assert.equal(meant('baseimage'), 'baseImage');
    assert.equal(meant('pythonPackage'), 'pythonPackages');
    assert.equal(meant('entirelyDifferent'), undefined);
    assert.equal(meant('constructor'), undefined);
  });
  it('tells keys that stand twice, and lets the last count', () => {
    assert.deepEqual(added('networkIsolation: false'), [
      'warning config-duplicate-key: networkIsolation',
      'info network-open: false',
    ]);
  });
  it('warns of conda packages, and of a password in an address', () => {
    assert.deepEqual(added('condaPackages: [x]'), ['warning conda-refused: [x]']);
    const text = GOOD.replace('https://', 'https://u:hunter2@');
    const { findings } = parse(text);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['repository-url'],
    );
    assert.equal(findings.map(sentence).join('').includes('hunter2'), false);
  });
  it('says one thing of a text that is no mapping or no YAML', () => {
    for (const text of ['', '[]', 'text', 'null', 'a: [', 'a: !x y\n', '\ufeff- a\n']) {
      const { findings, repositories } = parse(text);
      assert.ok(
        findings.some(({ severity }) => severity === 'error'),
        text,
      );
      assert.deepEqual(repositories, []);
    }
  });
  it('ends quickly on hostile text', () => {
    assert.deepEqual(
      parse('x'.repeat(10_000_000)).findings.map(({ code }) => code),
      ['config-too-large'],
    );
    const many = Array.from({ length: 5000 }, (_, i) => `k${i}:`).join('\n');
    const { findings } = parse(many);
    assert.equal(findings.length, 201);
    assert.equal(findings.at(-1)?.code, 'config-more');
    const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const { findings: odd } = parse(
      `projectName: x\n${keys.map((key) => `${key}: {a: 1}`).join('\n')}\n`,
    );
    assert.equal(odd.filter(({ code }) => code === 'config-unknown-key').length, 4);
  });
  it('has a sentence for everything it finds', () => {
    const text =
      'projectName: -\nbaseImage: x\nports: 1\ncpuLimit: -1\npackageManager: y\nq: 1\nq: 2\nrepositories: [{name: .git, url: "-", branch: "", installMethod: z, destination: ../..}]\n';
    for (const finding of parse(text).findings) assert.match(sentence(finding), /^[^{}]+$/);
  });
});

describe('vaibify.yml: one table', () => {
  it('is the schema that editors are given', () => {
    const file = readFileSync('media/schema/vaibify.schema.json', 'utf8');
    assert.deepEqual(JSON.parse(file), JSON.parse(JSON.stringify(vaibifyConfigJsonSchema())));
  });
  it('explains every setting, and no other key', () => {
    const all = (path: string[]): string[][] =>
      Object.keys(settingsBelow(path) ?? {}).flatMap((key) => [
        [...path, key],
        ...all([...path, key]),
      ]);
    const paths = all([]);
    assert.ok(paths.length > 50);
    for (const path of paths) {
      assert.ok((settingText(path) ?? '').length > 10, path.join('.'));
      assert.ok(settingMarkdown(path)?.startsWith('**'), path.join('.'));
    }
    for (const path of [['constructor'], ['features', 'url'], ['projectName', 'x'], []]) {
      assert.equal(settingAt(path), undefined);
      assert.equal(settingText(path), undefined);
      assert.equal(settingMarkdown(path), undefined);
    }
  });
  it('accepts every default that it names', () => {
    const lines = Object.entries(SETTINGS).flatMap(([key, setting]) => {
      const value = 'default' in setting ? setting.default : undefined;
      return value === undefined ? [] : [`${key}: ${value}`];
    });
    assert.ok(lines.length > 8);
    const { findings } = parse(`projectName: x\n${lines.join('\n')}\n`);
    assert.deepEqual(
      findings.filter(({ severity }) => severity === 'error'),
      [],
    );
  });
});
