/** The remedies of sample/README.md, each as a person carries it out: a command, or a quick fix. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { Project } from '../../../src/core/model/project.js';
import {
  addAiDeclaration,
  aiDeclarationText,
  declareDeterminism,
  declareModels,
  declareNoInputs,
  declarePersonalLayer,
  waiveBinaries,
} from '../../../src/core/produce/edits.js';
import type { Edit } from '../../../src/core/produce/editsJson.js';
import { planReproduceScript, writeReproduceScript } from '../../../src/core/produce/reproduce.js';
import { planSignOff, writeSignOff } from '../../../src/core/produce/signOff.js';
import { readProject } from '../projects/support.js';
import { Hasher } from '../../../src/core/system/hasher.js';
import { Containers, lacking, startRegistry } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';
import { Sandbox } from '../projects/support.js';

const CLI = path.resolve(__dirname, '../../../../dist/cli.js');
const SAMPLE = path.resolve('sample');

export interface Blocker {
  readonly level: number;
  readonly code: string;
  readonly message: string;
  readonly step?: string;
  readonly advisory?: boolean;
}

export interface Status {
  readonly level: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly blockers: readonly Blocker[];
}

/** A copy of the sample in a git repository of its own, and what stands in for the world. */
export class Sample {
  readonly #box = new Sandbox();
  readonly #own = new Containers();
  readonly #env: Record<string, string> = {};
  #standIn: ChildProcess | undefined;

  static async copy(context: Mocha.Context): Promise<Sample> {
    const absent = lacking('git', 'python3', 'bash', 'docker-registry');
    if (absent !== undefined) skip(context, absent);
    const sample = new Sample();
    cpSync(SAMPLE, sample.#box.at('sample'), { recursive: true });
    await sample.#publishImage();
    sample.#wheel();
    sample.#git('init', '-q', '--initial-branch=main');
    sample.#commit('Publish');
    await sample.#publish();
    return sample;
  }

  async remove(): Promise<void> {
    this.#standIn?.kill();
    await this.#own.stop();
    this.#box.remove();
  }

  get #root(): string {
    return this.#box.at('sample');
  }

  async status(): Promise<Status> {
    const { projects } = JSON.parse(await this.#reprolens('status', '--json')) as {
      projects: (Omit<Status, 'level'> & { level: { value: number | null } })[];
    };
    const { level, counts, blockers } = projects[0]!;
    return { level: level.value, counts, blockers };
  }

  async codes(): Promise<Set<string>> {
    const { blockers } = await this.status();
    return new Set(blockers.filter(({ advisory }) => advisory !== true).map(({ code }) => code));
  }

  rebuild(): Promise<void> {
    execFileSync('bash', ['rebuild.sh'], { cwd: this.#root, stdio: 'pipe' });
    return Promise.resolve();
  }

  declareNoInputs(): Promise<void> {
    return this.#edit((text) => declareNoInputs(text, 'A05'));
  }

  async declareAi(): Promise<void> {
    await this.#edit(addAiDeclaration);
    const model = {
      vendor: 'Example',
      model: 'example-1',
      from: '2026-01-01',
      until: '2026-01-02',
    };
    await this.#edit((text) => declareModels(text, [model]));
    await this.#edit((text) => declarePersonalLayer(text, 'none'));
    const text = aiDeclarationText('Keeling curve', true).replaceAll(/<[^>]*>/g, 'An example.');
    writeFileSync(path.join(this.#root, 'AI_USAGE.md'), text);
  }

  async declareEnvironment(): Promise<void> {
    await this.#edit((text) => declareDeterminism(text, 'one-thread'));
    await this.#edit(waiveBinaries);
  }

  async pinImage(): Promise<void> {
    await this.#reprolens('environment', 'pin');
  }

  async writeLock(): Promise<void> {
    await this.#reprolens('lock', 'write');
  }

  async capture(): Promise<void> {
    await this.#reprolens('environment', 'capture', '--engine', 'none');
  }

  async writeScript(): Promise<void> {
    await writeReproduceScript(await planReproduceScript(await this.#project()));
    await this.#reprolens('manifest', 'write');
    this.#commit('Level 3');
  }

  async verifyMirrors(): Promise<void> {
    await this.#reprolens('mirror', 'verify', 'github');
    await this.#reprolens('mirror', 'verify', 'zenodo');
  }

  async rerun(): Promise<void> {
    const isolation = lacking('bwrap') === undefined ? 'sandbox' : 'clean-folder';
    await this.#reprolens('rerun', '--yes', '--isolation', isolation);
  }

  async signOff(): Promise<void> {
    const hasher = new Hasher({ workerFile: path.join(path.dirname(CLI), 'hashWorker.js') });
    try {
      const project = await this.#project();
      for (const { label } of project.steps) {
        const options = { hasher, followLinks: false, alone: true, at: Date.now() };
        const plan = await planSignOff(project, label, options);
        if (plan === undefined) throw new Error(`no step ${label}`);
        await writeSignOff(plan);
      }
    } finally {
      await hasher.dispose();
    }
  }

  append(name: string, text: string): void {
    appendFileSync(path.join(this.#root, name), text);
  }

  #project(): Promise<Project> {
    return readProject({ kind: 'vaibify', root: this.#root, file: 'workflow.json' as RepoPath });
  }

  #edit(work: (text: string) => Edit[]): Promise<void> {
    const file = path.join(this.#root, 'workflow.json');
    let text = readFileSync(file, 'utf8');
    for (const { offset, length, content } of work(text)) {
      text = text.slice(0, offset) + content + text.slice(offset + length);
    }
    writeFileSync(file, text);
    return Promise.resolve();
  }

  /** Not the synchronous runner of the neighbours: it ends with what it says when it fails. */
  #reprolens(...args: string[]): Promise<string> {
    const env = { ...process.env, NO_COLOR: '1', ...this.#env };
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [CLI, ...args], { cwd: this.#root, env }, (error, out, err) => {
        const failed = error !== null && args[0] !== 'status';
        if (failed) reject(new Error(`reprolens ${args.join(' ')}\n${out}${err}`));
        else resolve(out);
      });
    });
  }

  #git(...args: string[]): void {
    const who = ['-c', 'user.name=Sample', '-c', 'user.email=sample@example.invalid'];
    execFileSync('git', [...who, '-c', 'core.autocrlf=false', ...args], {
      cwd: this.#root,
      stdio: 'pipe',
    });
  }

  #commit(message: string): void {
    this.#git('add', '--all');
    this.#git('commit', '-q', '--no-gpg-sign', '--no-verify', '-m', message);
  }

  /** `python3 stand_in.py`, as the README says, and its three lines in the environment. */
  async #publish(): Promise<void> {
    const child = spawn('python3', ['stand_in.py'], {
      cwd: this.#root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#standIn = child;
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      const lines = [...said.matchAll(/^export (\w+)=(\S+)\n/gm)];
      for (const [, name = '', value = ''] of lines) this.#env[name] = value;
      if (lines.length === 3) return;
    }
    throw new Error('the stand-in ended');
  }

  /** An image of no layers under the name that the Dockerfile builds on, in a registry of our own. */
  async #publishImage(): Promise<void> {
    const { host } = await startRegistry(this.#own);
    const rootfs = { type: 'layers', diff_ids: [] };
    const config = JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs });
    const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
    const type = 'application/vnd.oci.image';
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: `${type}.manifest.v1+json`,
      config: { mediaType: `${type}.config.v1+json`, digest, size: config.length },
      layers: [],
    });
    const at = `http://${host}/v2/python`;
    const begun = await fetch(`${at}/blobs/uploads/`, { method: 'POST' });
    const place = new URL(begun.headers.get('location') ?? '', at);
    place.searchParams.set('digest', digest);
    const headers = { 'content-type': 'application/octet-stream' };
    await fetch(place, { method: 'PUT', body: config, headers });
    const put = await fetch(`${at}/manifests/3.12-slim`, {
      method: 'PUT',
      body: manifest,
      headers: { 'content-type': `${type}.manifest.v1+json` },
    });
    if (put.status !== 201) throw new Error(`the registry answered ${put.status}`);
    const file = path.join(this.#root, 'Dockerfile');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('FROM python:', `FROM ${host}/python:`));
  }

  /** An empty package under the name and version that requirements.in asks for: no test needs the network. */
  #wheel(): void {
    const script = `import sys, zipfile
name = 'uncertainties-3.2.3'
with zipfile.ZipFile(f'{name}-py3-none-any.whl', 'w') as wheel:
    info = f'{name}.dist-info'
    wheel.writestr('uncertainties.py', '')
    wheel.writestr(f'{info}/METADATA', 'Metadata-Version: 2.1\\nName: uncertainties\\nVersion: 3.2.3\\n')
    wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(f'{info}/RECORD', '')
`;
    const wheels = this.#box.write({ 'wheels/README': '' }).at('wheels');
    execFileSync('python3', ['-c', script], { cwd: wheels });
    Object.assign(this.#env, {
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: wheels,
      UV_NO_INDEX: '1',
      UV_FIND_LINKS: wheels,
    });
  }
}
