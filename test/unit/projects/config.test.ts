import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { readConfig } from '../../../src/core/projects/config.js';
import { Sandbox } from './support.js';

const HEX = '0123456789abcdef'.repeat(4);
const DOCKERFILE = `FROM x@sha256:${HEX}\nENV SOURCE_DATE_EPOCH=0\n`;

describe('container files of a project', () => {
  let box: Sandbox;
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(() => box.remove());
  const codes = async (overlay?: (absolute: string) => string | undefined): Promise<string[]> => {
    const { findings } = await readConfig(box.root, overlay === undefined ? {} : { overlay });
    return findings.map(({ code, place }) => `${place?.file}: ${code}`);
  };

  it('finds nothing where there are none', async () => {
    assert.deepEqual(await readConfig(box.root), { findings: [] });
  });
  it('reads all of them, each with its own findings', async () => {
    box.write({
      Dockerfile: 'FROM x\n',
      'container.conf': 'a|https://h/x|main|reference\n',
      'vaibify.yml': 'projectName: x\nbaseImage: y\nnetworkIsolation: true\n',
    });
    const { dockerfile } = await readConfig(box.root);
    assert.equal(dockerfile?.clean, false);
    assert.deepEqual(
      dockerfile.findings.map(({ code }) => code),
      ['image-not-pinned', 'epoch-not-set'],
    );
    assert.deepEqual(await codes(), [
      'container.conf: repository-ref',
      'vaibify.yml: image-not-pinned',
    ]);
  });
  it('gives the digest of the bytes as they are stored', async () => {
    box.write({ Dockerfile: `\ufeff${DOCKERFILE}` });
    const { dockerfile } = await readConfig(box.root);
    const [sum] = execFileSync('sha256sum', [box.at('Dockerfile')], { encoding: 'utf8' }).split(
      ' ',
    );
    assert.equal(dockerfile?.digest, sum);
    assert.equal(dockerfile?.clean, true);
  });
  it('prefers the text of a document that is open and unsaved', async () => {
    box.write({ 'container.conf': 'free text\n' });
    const overlay = (absolute: string): string | undefined =>
      absolute === box.at('container.conf') ? 'a|https://h/x|v1|reference\n' : undefined;
    assert.deepEqual(await codes(), ['container.conf: repository-fields']);
    assert.deepEqual(await codes(overlay), []);
  });
  it('notes that repositories are listed twice', async () => {
    box.write({
      'container.conf': 'a|https://h/x|v1|reference\n',
      'vaibify.yaml': `projectName: x\nnetworkIsolation: true\nbaseImage: y@sha256:${HEX}\nrepositories: [{name: a, url: "https://h/x", branch: v1}]\n`,
    });
    assert.deepEqual(await codes(), ['container.conf: container-conf-both']);
  });
  it('opens nothing outside of the root', async () => {
    const other = new Sandbox().write({ secret: 'FROM secret\n' });
    try {
      symlinkSync(other.at('secret'), box.at('Dockerfile'));
      const { dockerfile, findings } = await readConfig(box.root);
      assert.equal(dockerfile, undefined);
      assert.deepEqual(findings, []);
    } finally {
      other.remove();
    }
  });
  it('reads no directory, and no file without end', async () => {
    box.write({ 'Dockerfile/x': '', 'vaibify.yml': 'x'.repeat(5 << 20) });
    assert.deepEqual(await codes(), ['vaibify.yml: config-too-large']);
  });
  it('notes bytes that are not UTF-8', async () => {
    box.write({ 'container.conf': Buffer.from('# \xe4\n', 'latin1') });
    assert.deepEqual(await codes(), ['container.conf: not-utf8']);
  });
});
