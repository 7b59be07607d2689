/** A pipeline of level 3 on a real disk, made to be spoilt in one respect at a time. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { findProjects } from '../../../src/core/projects/find.js';
import { readProjects } from '../../../src/core/projects/read.js';
import type { Project } from '../../../src/core/model/project.js';
import type { Snapshot } from '../../../src/core/model/snapshot.js';
import type { Hasher } from '../../../src/core/system/hasher.js';
import type { Observation } from '../../../src/core/system/observation.js';
import { makeSnapshot, namesOf } from '../../../src/core/verify/snapshot.js';
import { Sandbox } from '../projects/support.js';

/** The moment that tests call now: noon, 21 August 2026. */
export const NOW = Date.UTC(2026, 7, 21, 12);
export const DAY = 24 * 60 * 60 * 1000;
export const utc = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
export const sha256 = (text: string | Uint8Array): string =>
  createHash('sha256').update(text).digest('hex');

export type Json = Record<string, unknown>;

/** A part of a document. */
export const at = (value: unknown, ...keys: readonly (string | number)[]): Json =>
  keys.reduce((part, key) => (part as Json)[key], value) as Json;
const HEX = 'a1'.repeat(32);
const SHA = 'c'.repeat(40);

const document = (): Json => ({
  iWorkflowSchemaVersion: 12,
  sWorkflowName: 'Samples',
  sPlotDirectory: 'Plot',
  listSteps: [
    {
      sName: 'Generate',
      sDirectory: 'Gen',
      sStepId: 'generate',
      saPlotCommands: [],
      saPlotFiles: [],
      saDataCommands: ['python gen.py'],
      saOutputDataFiles: ['out.csv'],
      saInputDataFiles: ['data/in.csv'],
      dictTests: { dictIntegrity: { saCommands: ['pytest tests'], sFilePath: 'Gen/test_it.py' } },
    },
    {
      sName: 'Draw',
      sDirectory: 'Draw',
      sStepId: 'draw',
      saPlotCommands: ['python draw.py'],
      saPlotFiles: ['fig.svg'],
      bNoInputData: true,
    },
    {
      sName: 'AI Declaration',
      sDirectory: 'ai',
      sStepId: 'ai',
      sStepKind: 'ai-declaration',
      bInteractive: true,
      saPlotCommands: [],
      saPlotFiles: [],
    },
  ],
  dictRemotes: {
    github: { sOwner: 'lab', sRepo: 'samples', sCommittedSha: SHA },
    zenodo: { sRecordId: '1', sService: 'zenodo' },
  },
  dictAiProvenance: {
    listDeclaredModels: [
      { sVendor: 'V', sModelId: 'm', sUseStartDate: '2026-01-01', sUseEndDate: '2026-02-01' },
    ],
    dictPersonalLayer: { sStatus: 'none' },
  },
  dictDeterminism: { dOmpNumThreads: 0 },
  bNoStandaloneBinaries: true,
  listDeclaredBinaries: [],
});

const verification = (more: Json = {}): Json => ({
  dictVerification: { sUser: 'passed', sLastUserUpdate: '2026-08-20 10:00 UTC', ...more },
});

const mirror = (service: string, more: Json): Json => ({
  sService: service,
  sLastVerified: utc(NOW - DAY),
  iTotalFiles: 7,
  iMatching: 7,
  listDiverged: [],
  ...more,
});

/** One repository; change its parts, then {@link write} it. */
export class Repository extends Sandbox {
  readonly document = document();
  projectFile = '.vaibify/projects/p.json';
  markerFile = '.vaibify/test_markers/p/Gen.json';
  /** Of the pipeline's files. */
  readonly files: Record<string, string> = {
    'Gen/gen.py': 'print(1)\n',
    'Gen/out.csv': 'a,b\n1,2\n',
    'Gen/test_it.py': 'def test_it(): pass\n',
    'Draw/draw.py': 'print(2)\n',
    'Draw/fig.svg': '<svg/>\n',
    'data/in.csv': '1\n',
    'AI_USAGE.md': 'none\n',
    'reproduce.sh': '#!/bin/sh\n',
  };
  /** By step: the sections of the recorded state. */
  readonly steps: Record<string, Json> = {
    generate: verification({
      sUnitTest: 'passed',
      sIntegrity: 'passed',
      sQualitative: 'untested',
      sLastTestRun: '2026-08-20T09:00:00Z',
    }),
    draw: verification({ sUnitTest: 'untested', dictUserVerifiedHashes: {} }),
    ai: verification(),
  };
  readonly downloads: Json = {};
  state: unknown;
  readonly sync: Record<string, Json> = {
    github: mirror('github', { sCommittedShaVerified: SHA }),
    zenodo: mirror('zenodo', { sZenodoDoi: '10.5281/zenodo.1', sEndpointVerified: 'zenodo' }),
  };
  marker: Json | undefined = {
    sDirectory: 'Gen',
    sLabel: 'A01',
    iExitStatus: 0,
    sRunAtUtc: '2026-08-20T09:00:00Z',
    dictCategories: { integrity: { iPassed: 3, iFailed: 0 } },
  };
  readonly evidence: Record<string, string> = {
    'requirements.lock': `numpy==1.26.4 \\\n    --hash=sha256:${HEX}\n`,
    Dockerfile: `FROM python:3.12@sha256:${HEX}\nENV SOURCE_DATE_EPOCH=1700000000\n`,
    '.vaibify/environment.json': JSON.stringify(
      {
        sSchemaVersion: '1',
        sTimestamp: '2026-08-20T10:00:00.000000+00:00',
        iSourceDateEpoch: 1,
        dictContainer: {
          sContainerName: 'c',
          sImageDigest: `python@sha256:${HEX}`,
          bLocalImageOnly: false,
        },
        dictSystemTools: { sPython: '3.12', sGcc: null, sLibc: null, sOsRelease: null },
      },
      null,
      2,
    ),
  };
  attestation: Json | undefined = { iSchemaVersion: 2, sStatus: 'passed' };
  /** Left out of the manifest. */
  readonly unpinned = new Set<string>();

  get stepList(): Json[] {
    return this.document['listSteps'] as Json[];
  }

  get binaries(): Json[] {
    return this.document['listDeclaredBinaries'] as Json[];
  }

  step(index: number): Json {
    return this.stepList[index] as Json;
  }

  verification(step: string): Json {
    return at(this.steps, step, 'dictVerification');
  }

  /** What git itself calls the blob of a file. */
  blob(name: string): string {
    const out = execFileSync('git', ['hash-object', '--no-filters', name], { cwd: this.root });
    return out.toString().trim();
  }

  textOf(name: string): string {
    return readFileSync(this.at(name), 'utf8');
  }

  /** Puts everything on disk, the manifest and the attestation for what is there then. */
  make({ git = true } = {}): this {
    if (git) this.gitInit();
    this.write({ ...this.files, ...this.evidence });
    this.write({ [this.projectFile]: JSON.stringify(this.document, null, 2) });
    this.write({ '.vaibify/state.json': JSON.stringify(this.state ?? this.#state()) });
    this.write({ '.vaibify/syncStatus.json': JSON.stringify(this.sync) });
    if (this.marker !== undefined) {
      const hashes = {
        dictOutputHashes: { 'Gen/out.csv': this.blob('Gen/out.csv') },
        dictInputHashes: { 'data/in.csv': this.blob('data/in.csv') },
      };
      this.write({ [this.markerFile]: JSON.stringify({ ...hashes, ...this.marker }) });
    }
    return this.pin();
  }

  #state(): Json {
    return {
      iStateSchemaVersion: 3,
      dictWorkflowState: { [this.projectFile]: { dictStepState: this.steps } },
      dictRemoteDataMarkers: { [this.projectFile]: this.downloads },
    };
  }

  /** Writes the manifest, and an attestation of it. */
  pin(): this {
    const names = Object.keys(this.files).filter((name) => !this.unpinned.has(name));
    const lines = names.sort().map((name) => `${sha256(readFileSync(this.at(name)))}  ${name}`);
    const manifest = ['# SHA-256 manifest of workflow artefacts', ...lines, ''].join('\n');
    this.write({ 'MANIFEST.sha256': manifest });
    if (this.attestation !== undefined) {
      const record = {
        sManifestDigestAtAttestation: `sha256:${sha256(manifest)}`,
        iOutputHashesMatched: names.length,
        iOutputHashesTotal: names.length,
        ...this.attestation,
      };
      this.write({ '.vaibify/l3_attestation.json': JSON.stringify(record) });
    }
    return this;
  }

  async read(): Promise<Project> {
    const projects = await readProjects(await findProjects(this.root));
    return projects.find(({ file }) => file === this.projectFile)!;
  }
}

/** Looks at a project's files and finds its level at a moment. */
export async function snapshotOf(
  project: Project,
  hasher: Hasher,
  now: number = NOW,
): Promise<Snapshot> {
  const names = namesOf(project);
  const seen = await hasher.observe(project.root, names, { mode: 'read' });
  const byName = new Map(names.map((name, index): [string, Observation] => [name, seen[index]!]));
  return makeSnapshot({ project, seen: byName, checkedAt: now });
}

/** The codes of what holds a level back, without repeats and advice. */
export const codesOf = ({ blockers }: Snapshot): string[] => [
  ...new Set(
    blockers.filter(({ advisory }) => advisory !== true).map(({ finding }) => finding.code),
  ),
];
