import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { findProjects } from '../../../src/core/projects/find.js';
import type { ProjectRef } from '../../../src/core/projects/ref.js';
import { readProjects } from '../../../src/core/projects/read.js';
import { readProject } from './support.js';
import type { ReadOptions } from '../../../src/core/projects/read.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { Project } from '../../../src/core/model/project.js';
import { emptyStep, EXAMPLE_1, EXAMPLE_1_SET, pipelineText } from '../formats/vaibifySamples.js';
import { ARTEFACTS, manifestOf, OUTPUTS, Sandbox } from './support.js';

const legacy = (more: Record<string, unknown>): string =>
  pipelineText([emptyStep(more)], { iWorkflowSchemaVersion: 3 });
const declaredIn = ({ declared }: Project): string[] =>
  [...new Set(declared.map((each): string => each.path))].sort();
const codes = ({ findings }: Project): string[] =>
  findings.map(({ code, severity }) => `${code} ${severity}`);

describe('readProject: vaibify', () => {
  let box: Sandbox;
  const only = async (options?: ReadOptions): Promise<Project> => {
    const refs = await findProjects(box.root);
    assert.equal(refs.length, 1);
    return readProject(refs[0]!, options);
  };
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(() => box.remove());

  it('reads example 1 with its manifest', async () => {
    box.gitInit().write({
      '.vaibify/projects/p.json': EXAMPLE_1,
      'reproduce.sh': '',
      'MANIFEST.sha256': manifestOf([...EXAMPLE_1_SET, 'reproduce.sh'], [ARTEFACTS]),
    });
    const project = await only();
    assert.deepEqual(declaredIn(project), [...EXAMPLE_1_SET, 'reproduce.sh'].sort());
    assert.deepEqual(project.findings, []);
    assert.equal(project.pins.length, 13);
    assert.equal(project.dialect, 'vaibify, schema 12');
    assert.equal(project.gitRoot, box.root);
    assert.deepEqual(project.manifestHeader, [ARTEFACTS]);
    assert.deepEqual(project.manifest.entries, 13);
    const entry = project.declared.find(({ role }) => role === 'entry');
    assert.deepEqual(entry?.place.span.start, { line: 1, column: 1 });
    assert.equal(project.declared.find((each) => each.path === 'Plot/histogram.svg')?.step, 'A02');
  });
  describe('what describes the environment', () => {
    const ENVIRONMENT = ['.vaibify/environment.json', 'Dockerfile', 'requirements.lock'];
    const files = Object.fromEntries(ENVIRONMENT.map((name) => [name, '']));

    it('belongs to a manifest that pins it, as those of September 2026 do', async () => {
      box.gitInit().write({
        ...files,
        '.vaibify/projects/p.json': EXAMPLE_1,
        'MANIFEST.sha256': manifestOf([...EXAMPLE_1_SET, ...ENVIRONMENT], [ARTEFACTS]),
      });
      const project = await only();
      assert.deepEqual(declaredIn(project), [...EXAMPLE_1_SET, ...ENVIRONMENT].sort());
      assert.deepEqual(codes(project), []);
    });
    it('does not belong to one that does not, nor where it is gone', async () => {
      box.gitInit().write({
        'requirements.lock': '',
        '.vaibify/projects/p.json': EXAMPLE_1,
        'MANIFEST.sha256': manifestOf([...EXAMPLE_1_SET, 'Dockerfile'], [ARTEFACTS]),
      });
      const project = await only();
      assert.deepEqual(declaredIn(project), [...EXAMPLE_1_SET].sort());
      assert.deepEqual(codes(project), ['pin-undeclared warning']);
    });
  });
  it('names the dialect of a document without a version', async () => {
    box
      .gitInit()
      .write({ 'workflow.json': pipelineText([], { iWorkflowSchemaVersion: undefined }) });
    assert.equal((await only()).dialect, 'vaibify, no schema version');
  });
  it('says that there is no manifest, and no git', async () => {
    box.write({ 'workflow.json': legacy({ saPlotFiles: ['p'] }) });
    const project = await only();
    assert.deepEqual(codes(project), ['not-in-git warning', 'manifest-absent warning']);
    assert.equal(project.manifest.exists, false);
    assert.equal(project.gitRoot, undefined);
  });
  it('says nothing of a manifest where nothing is declared', async () => {
    box.gitInit().write({ 'workflow.json': pipelineText([]) });
    assert.deepEqual(codes(await only()), []);
  });
  it('reports a manifest of a header only', async () => {
    box.gitInit().write({ 'workflow.json': legacy({}), 'MANIFEST.sha256': `${OUTPUTS}\n` });
    assert.deepEqual(codes(await only()), ['manifest-empty warning']);
  });
  it('points at pins that nothing declares', async () => {
    const manifest = manifestOf(['A/p', 'gone'], [ARTEFACTS]);
    box.gitInit().write({
      'workflow.json': pipelineText([emptyStep({ saPlotFiles: ['p'] })]),
      'MANIFEST.sha256': manifest,
    });
    const project = await only();
    assert.deepEqual(codes(project), ['pin-undeclared warning']);
    const [finding] = project.findings;
    assert.deepEqual(
      [finding?.place?.file, finding?.place?.span.start.line],
      ['MANIFEST.sha256', 3],
    );
    const broken = await only({
      overlay: (file) => (file.endsWith('workflow.json') ? '{"listSteps": [' : undefined),
    });
    assert.ok(!codes(broken).includes('pin-undeclared warning'));
  });
  it('reads what is open and unsaved', async () => {
    box.gitInit().write({ 'workflow.json': legacy({}), 'MANIFEST.sha256': '' });
    const texts: Record<string, string> = {
      [box.at('workflow.json')]: legacy({ saPlotFiles: ['p'] }),
      [box.at('MANIFEST.sha256')]: manifestOf(['p', 'ü']),
    };
    const saved = await only();
    const open = await only({ overlay: (file) => texts[file] });
    assert.deepEqual(
      open.pins.map((pin): string => pin.path),
      ['p', 'ü'],
    );
    assert.deepEqual(declaredIn(open), ['p']);
    box.write({ 'workflow.json': texts[box.at('workflow.json')]! });
    box.write({ 'MANIFEST.sha256': texts[box.at('MANIFEST.sha256')]! });
    assert.equal((await only()).basis, open.basis);
    assert.equal((await only()).manifest.digest, open.manifest.digest);
    assert.notEqual(saved.basis, open.basis);
  });
  it('has another basis when document or manifest change', async () => {
    const bases = new Set<string>();
    box.gitInit();
    for (const document of [legacy({}), `${legacy({})} `]) {
      for (const manifest of [manifestOf(['a']), manifestOf(['b'])]) {
        box.write({ 'workflow.json': document, 'MANIFEST.sha256': manifest });
        bases.add((await only()).basis);
      }
    }
    assert.equal(bases.size, 4);
  });
  it('keeps no more pins than the limit, and counts them all', async () => {
    const names = Array.from({ length: 30_000 }, (_, index) => `n${index}`);
    box.gitInit().write({ 'workflow.json': legacy({}), 'MANIFEST.sha256': manifestOf(names) });
    const project = await only({ pinLimit: 10 });
    assert.equal(project.pins.length, 10);
    assert.equal(project.manifest.entries, 30_000);
    const large = project.findings.find(({ code }) => code === 'manifest-too-large');
    assert.deepEqual(large, {
      code: 'manifest-too-large',
      severity: 'warning',
      entries: 30_000,
      limit: 10,
      place: large?.place,
    });
    assert.ok(!codes(await only({ pinLimit: 30_000 })).includes('manifest-too-large warning'));
  });
  it('never throws for what cannot be read', async () => {
    box.gitInit().write({ 'workflow.json': legacy({}) });
    mkdirSync(box.at('MANIFEST.sha256'));
    const project = await only();
    assert.deepEqual(codes(project), ['manifest-unreadable error']);
    const gone: ProjectRef = { kind: 'vaibify', root: box.at('none'), file: 'x.json' as RepoPath };
    assert.ok(codes(await readProject(gone)).includes('json-syntax error'));
    const list = await readProject({ ...gone, kind: 'manifest' });
    assert.deepEqual(codes(list), ['manifest-unreadable error']);
  });
  it('lets the event loop turn while it reads a long manifest', async function () {
    this.timeout(30_000);
    const names = Array.from({ length: 120_000 }, (_, index) => `some/directory/file-${index}.dat`);
    const text = manifestOf(names);
    box.gitInit().write({ 'workflow.json': legacy({}), 'MANIFEST.sha256': text });
    const refs = await findProjects(box.root);
    const unsaved = { overlay: (file: string) => (/json$/.test(file) ? undefined : text) };
    for (const options of [{}, unsaved]) {
      let turns = 0;
      const beat = setInterval(() => (turns += 1), 1);
      const project = await readProject(refs[0]!, options);
      clearInterval(beat);
      assert.equal(project.pins.length, 100_000);
      // Turns, not times: another program on the machine must not fail this.
      assert.ok(turns > 30, `only ${turns} turns`);
    }
  });
});

describe('readProject: conventions', () => {
  let box: Sandbox;
  const STEP = { saPlotFiles: ['p'], saDataFiles: ['d'], saDataCommands: ['python x.py'] };
  const read = async (files: Record<string, string>, document = legacy(STEP)): Promise<Project> => {
    box.gitInit().write({ 'workflow.json': document, ...files });
    const [ref] = await findProjects(box.root);
    return readProject(ref!);
  };
  const MAY = 'vaibify, May 2026 paths';
  const JULY = 'vaibify, schema 3';
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(() => box.remove());

  it('is verbatim when names are pinned as written', async () => {
    const project = await read({ 'MANIFEST.sha256': manifestOf(['d', 'p'], [OUTPUTS]), 'A/p': '' });
    assert.deepEqual([project.dialect, declaredIn(project)], [MAY, ['d', 'p']]);
    assert.deepEqual(project.manifestHeader, [OUTPUTS]);
    assert.deepEqual(project.findings, []);
  });
  it('is verbatim with scripts where a manifest between the eras pins them', async () => {
    const manifest = manifestOf(['A/x.py', 'd', 'p'], [ARTEFACTS]);
    const project = await read({ 'MANIFEST.sha256': manifest, 'reproduce.sh': '' });
    assert.deepEqual([project.dialect, declaredIn(project)], [MAY, ['A/x.py', 'd', 'p']]);
    assert.deepEqual(project.manifestHeader, [ARTEFACTS]);
  });
  it('is joined when names are pinned below the step', async () => {
    const project = await read({ 'MANIFEST.sha256': manifestOf(['A/d', 'A/p']), p: '', d: '' });
    assert.deepEqual([project.dialect, declaredIn(project)], [JULY, ['A/d', 'A/p', 'A/x.py']]);
    assert.deepEqual(project.manifestHeader, [ARTEFACTS]);
  });
  it('looks at the disk when pins do not tell', async () => {
    assert.equal((await read({ p: '', d: '', 'A/p': '' })).dialect, MAY);
    assert.equal((await read({ 'MANIFEST.sha256': manifestOf(['A/p', 'd']) })).dialect, MAY);
    assert.equal((await read({ 'A/d': '' })).dialect, JULY);
  });
  it('is joined when nothing tells', async () => {
    assert.equal((await read({})).dialect, JULY);
  });
  it('does not guess by the disk for documents that are never pinned verbatim', async () => {
    const document = pipelineText([emptyStep({ saOutputDataFiles: ['p'] })]);
    assert.deepEqual(declaredIn(await read({ p: '' }, document)), ['A/p']);
    const pinned = await read({ 'MANIFEST.sha256': manifestOf(['p']) }, document);
    assert.equal(pinned.dialect, MAY);
  });
  it('refuses under one convention what is fine under the other', async () => {
    const document = legacy({ saPlotFiles: ['../p', 'q'] });
    const joined = await read({ 'MANIFEST.sha256': manifestOf(['p', 'A/q']) }, document);
    assert.deepEqual(joined.findings, []);
    const verbatim = await read({ 'MANIFEST.sha256': manifestOf(['q']), 'A/q': '' }, document);
    assert.deepEqual(codes(verbatim), ['declared-refused-path error']);
  });
});

describe('readProjects', () => {
  let box: Sandbox;
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(() => box.remove());

  it('knows what siblings declare in the shared manifest of the fixture', async () => {
    cpSync('test/fixtures/second', box.root, { recursive: true });
    box.gitInit();
    const refs = await findProjects(box.root);
    const projects = await readProjects(refs);
    assert.deepEqual(projects.map(codes), [[], []]);
    assert.equal(projects[0]!.pins, projects[1]!.pins, 'read once');
    assert.deepEqual(
      projects.map(({ dialect }) => dialect),
      ['vaibify, schema 12', 'vaibify, May 2026 paths'],
    );
    for (const ref of refs) {
      const alone = await readProject(ref);
      assert.deepEqual(codes(alone), new Array(4).fill('pin-undeclared warning'));
    }
    const pinned = new Set(projects[0]!.pins.map(({ path }) => path));
    for (const { path } of projects.flatMap(({ declared }) => declared)) {
      assert.ok(pinned.has(path), path);
    }
  });
  it('reads the fixture of the editor tests as its table says', async () => {
    cpSync('test/fixtures/workspace', box.root, { recursive: true });
    box.gitInit();
    const refs = await findProjects(box.root);
    assert.deepEqual(
      refs.map(({ kind, file }) => `${kind} ${file}`),
      ['vaibify workflow.json', 'manifest SHA256SUMS'],
    );
    const [project, list] = await readProjects(refs);
    assert.equal(declaredIn(project!).length, 10);
    assert.deepEqual(codes(project!), ['pin-undeclared warning']);
    assert.equal(list!.pins.length, 3);
  });
  it('reads plain manifests', async () => {
    box.gitInit().write({
      SHA256SUMS: manifestOf(['a', 'b'], ['# ours', '# two']),
      a: '',
      'sub/SHA256SUMS': manifestOf(['a']),
      'empty/SHA256SUMS': '',
    });
    const projects = await readProjects(await findProjects(box.root));
    const [own, empty, nested] = projects;
    assert.deepEqual(own!.manifestHeader, ['# ours', '# two']);
    assert.deepEqual([own!.declared, own!.kind, own!.title], [[], 'manifest', 'SHA256SUMS']);
    assert.equal(own!.dialect, 'checksum manifest');
    assert.equal(nested!.dialect, 'checksum manifest, names from the git top level');
    assert.deepEqual([nested!.root, nested!.manifest.base], [box.root, '']);
    assert.deepEqual(codes(empty!), ['manifest-empty error']);
    assert.deepEqual(codes(own!), []);
  });
  it('gives nothing for nothing', async () => {
    assert.deepEqual(await readProjects([]), []);
  });
});
