/** Writes what a rebuild came to: FixOps's verdict and a standard provenance beside it. */
import path from 'node:path';
import { formatVerdict, generatedDigest } from '../formats/attestation/fixops.js';
import { formatStatement } from '../formats/attestation/statement.js';
import { decodeText } from '../model/bytes.js';
import { parseSha256 } from '../model/digest.js';
import type { Sha256 } from '../model/digest.js';
import type { BuildPlan } from '../model/plan.js';
import type { Verdict } from '../model/reference.js';
import { existsFile, FileError, readBytes, sha256, writeAtomic } from '../system/files.js';
import { makeDirectory } from '../system/temporary.js';
import { entryAt } from '../system/within.js';
import type { Built } from './build.js';
import { isolationName } from './buildIsolation.js';
import type { StepMode } from './buildRun.js';
import type { Sandbox } from './sandbox.js';

/** The program that rebuilt, and how it calls itself: URIs that name and do not locate. */
export const BUILDER_ID = 'urn:reprolens:rebuild';
export const BUILD_TYPE = 'urn:reprolens:build-plan:1';

/** Everything that is recorded of one rebuild. */
export interface RebuildFacts {
  readonly plan: BuildPlan;
  /** Digest of the plan's bytes. */
  readonly planDigest: Sha256;
  /** The path of the plan as it was given. */
  readonly planName: string;
  /** The tag of the command line. */
  readonly tag: string;
  readonly mode: StepMode;
  readonly sandbox: Sandbox;
  readonly built: Pick<Built, 'digest' | 'shown' | 'startedAt' | 'finishedAt'>;
  readonly verdict: Verdict;
  /** `SOURCE_DATE_EPOCH` in seconds: then nothing depends on the clock. */
  readonly epoch?: number | undefined;
  readonly tool: { readonly name: string; readonly version: string };
}

/** The bytes of the two documents. */
export interface RebuildDocuments {
  readonly verdict: string;
  readonly statement: string;
}

/** Makes both documents; the same from the same facts. */
export function rebuildDocuments(facts: RebuildFacts): RebuildDocuments {
  const { plan, tag, mode, sandbox, built, epoch, tool } = facts;
  const { match, reason, reference } = facts.verdict;
  const at = (milliseconds: number): number => (epoch === undefined ? milliseconds : epoch * 1000);
  const image = sandbox.kind === 'container' ? { image: sandbox.image } : {};
  const isolation = isolationName(sandbox.kind);
  const planName = normalisedPath(facts.planName);
  const artifact = plan.artifact?.text ?? '';
  const verdict = formatVerdict({
    artifact,
    artifactPath: built.shown,
    generated: built.digest,
    match,
    plan: planName,
    reference: reference?.digest,
    source: reference?.source,
    tag: reportedTag(plan, tag),
    verifiedAt: at(built.finishedAt),
    more: {
      isolation,
      reason,
      step_mode: mode,
      signature: reference?.signature ?? 'none',
      ...signerKeys(reference),
      ...image,
    },
  });
  const statement = formatStatement({
    artifact: { name: artifact, sha256: built.digest },
    buildType: BUILD_TYPE,
    parameters: { plan: planName, tag, stepMode: mode },
    internal: { isolation, ...image },
    dependencies: [{ name: planName, sha256: facts.planDigest }],
    byproducts: [{ name: `${tag}.json`, sha256: sha256(Buffer.from(verdict)) }],
    builder: { id: BUILDER_ID, ...tool },
    startedAt: at(built.startedAt),
    finishedAt: at(built.finishedAt),
  });
  return { verdict, statement };
}

const signerKeys = (reference: Verdict['reference']): Readonly<Record<string, string>> =>
  reference?.signer === undefined
    ? {}
    : { signer: reference.signer.identity, signer_issuer: reference.signer.issuer };

/** The plan's own tag, else that of the command line; nothing counts as `unknown`, as for FixOps. */
const reportedTag = ({ tag: own }: BuildPlan, tag: string): string =>
  (own === undefined ? tag : own.text) || 'unknown';

/** As Python's `pathlib` spells a path: no `./`, no doubled or final slash. */
export function normalisedPath(given: string): string {
  const parts = given.split('/').filter((part) => part !== '' && part !== '.');
  const joined = parts.join('/');
  return given.startsWith('/') ? `/${joined}` : joined || '.';
}

/** Where documents were written. */
export interface Recorded {
  readonly verdict: string;
  readonly statement: string;
  /** Where a verdict on another artifact was put aside that had the name. */
  readonly kept?: string;
}

const MOST_RECORD = 16 << 20;

/**
 * Writes `<tag>.json` and `<tag>.intoto.json`, each whole or not at all. Documents of those names about
 * another artifact are put aside first, as `<tag>.<12 digits of its digest>.json`.
 *
 * @param out Absolute path of the directory, which is made.
 * @param root Absolute path of the repository: below it no link is followed.
 * @throws {FileError} `link-on-path`, `not-a-file`; the I/O error. Then nothing was replaced.
 */
export async function writeRecord(
  { verdict, statement }: RebuildDocuments,
  { out, root, tag }: { readonly out: string; readonly root: string; readonly tag: string },
): Promise<Recorded> {
  const relative = path.relative(root, out);
  const inside =
    relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
  if (inside && (await entryAt(root, relative.split(path.sep).join('/'))) === 'link') {
    throw new FileError('link-on-path', out);
  }
  await makeDirectory(out);
  const within = inside ? root : out;
  const names = {
    verdict: path.join(out, `${tag}.json`),
    statement: path.join(out, `${tag}.intoto.json`),
  };
  const kept = await putAside(names, { generated: generatedDigest(verdict), within, out, tag });
  await writeAtomic(names.statement, Buffer.from(statement), { within });
  await writeAtomic(names.verdict, Buffer.from(verdict), { within });
  return { ...names, ...(kept === undefined ? {} : { kept }) };
}

async function putAside(
  names: Pick<Recorded, 'verdict' | 'statement'>,
  how: {
    readonly generated: string | undefined;
    readonly within: string;
    readonly out: string;
    readonly tag: string;
  },
): Promise<string | undefined> {
  const { generated, within, out, tag } = how;
  // Looked at before it is read: a link is refused by the writer, and never followed by the reader.
  if ((await entryAt(out, path.basename(names.verdict))) !== 'file') return undefined;
  const old = await readBytes(names.verdict, { limit: MOST_RECORD });
  if (old === undefined) return undefined;
  const digest = generatedDigest(decodeText(old));
  if (digest === generated) return undefined;
  const name = (parseSha256(digest ?? '') ?? sha256(old)).slice(0, 12);
  const kept = path.join(out, `${tag}.${name}.json`);
  await writeAtomic(kept, old, { within });
  if ((await entryAt(out, path.basename(names.statement))) === 'file') {
    const beside = await readBytes(names.statement, { limit: MOST_RECORD });
    const to = path.join(out, `${tag}.${name}.intoto.json`);
    if (beside !== undefined) await writeAtomic(to, beside, { within });
  }
  return (await existsFile(kept)) ? kept : undefined;
}
