/** What a surface asks for when a person wants a blocker gone; it travels as an argument of a command. */
import { codeOf } from '../model/finding.js';
import type { Remedy, Service } from '../model/findings/level.js';
import { projectKey } from '../model/project.js';
import type { Project } from '../model/project.js';
import type { Blocker } from '../model/snapshot.js';

/** A remedy as surfaces offer it: an answer that only a person has is asked for as well. */
export type Action = Remedy | 'declare-personal-layer';

/** One remedy for one project. Plain data: it survives a round trip through JSON. */
export interface RemedyRequest {
  /** `projectKey` of the project. */
  readonly key: string;
  readonly remedy: Action;
  /** The blocker's criterion. */
  readonly code: string;
  /** Label of the step that it is about. */
  readonly step?: string;
  /** The published copy that it is about. */
  readonly service?: Service;
}

/** What is asked for to remove a blocker; `undefined` when no action can. */
export function remedyRequest(project: Project, blocker: Blocker): RemedyRequest | undefined {
  const { step, finding } = blocker;
  const asked = finding.code === 'personal-layer-undeclared' ? 'declare-personal-layer' : undefined;
  const remedy = blocker.remedy ?? asked;
  if (remedy === undefined) return undefined;
  return {
    key: projectKey(project),
    remedy,
    code: codeOf(finding),
    ...(step === undefined ? {} : { step }),
    ...('service' in finding ? { service: finding.service } : {}),
  };
}

const REMEDIES = {
  'init-git': true,
  'declare-no-inputs': true,
  'sign-off-step': true,
  'run-tests': true,
  'regenerate-manifest': true,
  'verify-mirror': true,
  'add-ai-declaration': true,
  'declare-models': true,
  'write-lock': true,
  'capture-environment': true,
  'pin-base-image': true,
  'write-dockerfile': true,
  'write-reproduce-script': true,
  'declare-determinism': true,
  'waive-binaries': true,
  rerun: true,
  'declare-personal-layer': true,
} as const satisfies Readonly<Record<Action, true>>;

const SERVICES = {
  github: true,
  zenodo: true,
  arxiv: true,
  overleaf: true,
} as const satisfies Readonly<Record<Service, true>>;

/** Reads a request from an argument that anything may have sent; `undefined` when it is none. */
export function parseRemedyRequest(argument: unknown): RemedyRequest | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { key, remedy, code, step, service } = argument as Readonly<Record<string, unknown>>;
  if (typeof key !== 'string' || typeof code !== 'string') return undefined;
  if (!isKeyOf(REMEDIES, remedy)) return undefined;
  return {
    ...{ key, remedy, code },
    ...(typeof step === 'string' ? { step } : {}),
    ...(isKeyOf(SERVICES, service) ? { service } : {}),
  };
}

const isKeyOf = <K extends string>(table: Readonly<Record<K, true>>, key: unknown): key is K =>
  typeof key === 'string' && Object.hasOwn(table, key);
