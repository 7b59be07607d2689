import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Project } from '../../../src/core/model/project.js';
import { readProjects } from '../../../src/core/projects/read.js';
import type { ReadOptions } from '../../../src/core/projects/read.js';
import type { ProjectRef } from '../../../src/core/projects/ref.js';

/** A real temporary directory, for the length of one test. */
export class Sandbox {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), 'projects-')));

  /** Absolute path. */
  at(...names: string[]): string {
    return path.join(this.root, ...names);
  }

  /** Writes files, directories included. */
  write(files: Readonly<Record<string, string | Uint8Array>>): this {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(this.at(name)), { recursive: true });
      writeFileSync(this.at(name), content);
    }
    return this;
  }

  gitInit(name = ''): this {
    mkdirSync(this.at(name), { recursive: true });
    execFileSync('git', ['init', '-q'], { cwd: this.at(name) });
    return this;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A manifest that pins names with the digest of their own text. */
export const manifestOf = (names: readonly string[], header: readonly string[] = []): string =>
  [
    ...header,
    ...names.map((name) => `${createHash('sha256').update(name).digest('hex')}  ${name}`),
    '',
  ].join('\n');

export const OUTPUTS = '# SHA-256 manifest of workflow outputs';
export const ARTEFACTS = '# SHA-256 manifest of workflow artefacts';

/** Reads one project by itself. */
export async function readProject(ref: ProjectRef, options?: ReadOptions): Promise<Project> {
  const [project] = await readProjects([ref], options);
  assert.ok(project);
  return project;
}
