/** What attestations are verified with: a key, or a trust root and whom to expect. */
import path from 'node:path';
import { readKey } from '../core/formats/attestation/dsse.js';
import type { VerificationKey } from '../core/formats/attestation/dsse.js';
import type { SigstoreTrust } from '../core/formats/attestation/sigstoreBundle.js';
import type { TrustRootProblem } from '../core/formats/attestation/sigstoreTrust.js';
import { decodeText } from '../core/model/bytes.js';
import { FileError, readBytes } from '../core/system/files.js';
import { UnusableError } from './errors.js';
import { shownPath } from './render.js';

/** Files are relative to the current directory. */
export interface ProofOptions {
  /** PEM file of a public key. */
  readonly key?: string;
  /** Sigstore's `trusted_root.json`, or several of them one a line. */
  readonly trustedRoot?: string;
  readonly certificateIdentity?: string;
  readonly certificateIssuer?: string;
}

/** At most one of the two. */
export interface Proof {
  readonly key?: VerificationKey;
  readonly trust?: SigstoreTrust;
}

const MOST_KEY = 1 << 20;
/** The public one has 10 KB. */
const MOST_ROOT = 4 << 20;

/** @throws UnusableError when the options do not fit together. */
export function checkProof(options: ProofOptions): void {
  const { key, trustedRoot, certificateIdentity: identity, certificateIssuer: issuer } = options;
  if (key !== undefined && trustedRoot !== undefined) {
    throw new UnusableError('--key and --trusted-root cannot be given together: choose one');
  }
  for (const [name, value] of [
    ['--certificate-identity', identity],
    ['--certificate-issuer', issuer],
  ] as const) {
    if (value === undefined) continue;
    if (trustedRoot === undefined) throw new UnusableError(`${name} needs --trusted-root FILE`);
    if (value === '') throw new UnusableError(`${name} is empty: name whom you expect`);
  }
}

/**
 * Reads the file that is named. Nothing is fetched.
 * @throws UnusableError when it is not there, or holds something else.
 */
export async function proofOf(options: ProofOptions): Promise<Proof> {
  if (options.key !== undefined) return { key: await keyOf(options.key) };
  const { trustedRoot, certificateIdentity: identity, certificateIssuer: issuer } = options;
  if (trustedRoot === undefined) return {};
  const bytes = await content(trustedRoot, { limit: MOST_ROOT, what: 'trust root' });
  // Only here: no other command, and not the editor, pays for the library.
  const { readTrustedRoot } = await import('../core/formats/attestation/sigstoreTrust.js');
  const trust = readTrustedRoot(decodeText(bytes), { identity, issuer });
  if (!('problem' in trust)) return { trust };
  const line = trust.line === undefined ? '' : `:${trust.line}`;
  const shown = `${shownPath(path.resolve(trustedRoot))}${line}`;
  throw new UnusableError(`${shown}: ${ROOT_PROBLEMS[trust.problem]}`);
}

const ROOT_PROBLEMS: Readonly<Record<TrustRootProblem['problem'], string>> = {
  'not-json':
    'no JSON; --trusted-root takes what "cosign trusted-root create" or "gh attestation trusted-root" writes',
  'not-a-root':
    'no trusted_root.json of Sigstore (no "mediaType" of one); "cosign trusted-root create" and "gh attestation trusted-root" write it',
  unusable: 'this trust root names no certificate authority, or a key that cannot be read',
  'too-many': 'more trust roots than are tried; keep the one that signed',
};

async function keyOf(name: string): Promise<VerificationKey> {
  const bytes = await content(name, { limit: MOST_KEY, what: 'key' });
  const key = readKey(Buffer.from(bytes).toString('latin1'));
  if (key !== undefined) return key;
  throw new UnusableError(
    `${shownPath(path.resolve(name))}: no public key in PEM (Ed25519, ECDSA on a NIST curve, or RSA)`,
  );
}

async function content(
  name: string,
  { limit, what }: { readonly limit: number; readonly what: string },
): Promise<Uint8Array> {
  const file = path.resolve(name);
  const bytes = await readBytes(file, { limit }).catch((error: unknown) => {
    const large = error instanceof FileError && error.code === 'too-large';
    if (large) throw new UnusableError(`${shownPath(file)}: larger than any ${what}`);
    return undefined;
  });
  if (bytes !== undefined) return bytes;
  throw new UnusableError(`${shownPath(file)}: no ${what} file of that name`);
}
