/** Keys and signatures by OpenSSL, and envelopes by Sigstore's own client. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleToJSON } from '@sigstore/bundle';
import { DSSEBundleBuilder } from '@sigstore/sign';
import { after } from 'mocha';

export type KeyKind = 'ed25519' | 'p256' | 'p384' | 'rsa' | 'rsa-pss';

const GENERATE: Readonly<Record<KeyKind, readonly string[]>> = {
  ed25519: ['-algorithm', 'ed25519'],
  p256: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'rsa-pss': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
};

const PSS = ['rsa_padding_mode:pss', 'rsa_pss_saltlen:digest'].flatMap((each) => ['-sigopt', each]);

const SIGN: Readonly<Record<KeyKind, readonly string[]>> = {
  ed25519: ['pkeyutl', '-sign', '-rawin'],
  p256: ['dgst', '-sha256'],
  p384: ['dgst', '-sha384'],
  rsa: ['dgst', '-sha256'],
  'rsa-pss': ['dgst', '-sha256', ...PSS],
};

const openssl = (cwd: string, ...args: readonly string[]): Buffer =>
  execFileSync('openssl', args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });

/** A key pair that OpenSSL made, and signs with. */
export class Signer {
  readonly publicKey: string;
  readonly privateKey: string;
  readonly #directory = mkdtempSync(path.join(tmpdir(), 'rl-keys-'));
  readonly #kind: KeyKind;

  constructor(kind: KeyKind) {
    this.#kind = kind;
    openssl(this.#directory, 'genpkey', ...GENERATE[kind], '-out', 'key.pem');
    this.publicKey = openssl(this.#directory, 'pkey', '-in', 'key.pem', '-pubout').toString();
    this.privateKey = readFileSync(path.join(this.#directory, 'key.pem'), 'utf8');
    after(() => rmSync(this.#directory, { recursive: true, force: true }));
  }

  sign(bytes: Uint8Array): Buffer {
    writeFileSync(path.join(this.#directory, 'bytes'), bytes);
    const args = SIGN[this.#kind];
    return args[0] === 'pkeyutl'
      ? openssl(this.#directory, ...args, '-inkey', 'key.pem', '-in', 'bytes')
      : openssl(this.#directory, ...args, '-sign', 'key.pem', 'bytes');
  }
}

/** The encoding that DSSE signs, written down a second time: by length, byte for byte. */
export function encoded(type: string, payload: string): Buffer {
  const sizes = [Buffer.byteLength(type), Buffer.byteLength(payload)];
  return Buffer.from(`DSSEv1 ${sizes[0]} ${type} ${sizes[1]} ${payload}`);
}

export const INTOTO = 'application/vnd.in-toto+json';

/** An envelope as JSON, signed by these. */
export function envelope(payload: unknown, signers: readonly Signer[], type = INTOTO): string {
  const text = JSON.stringify(payload);
  return JSON.stringify({
    payloadType: type,
    payload: Buffer.from(text).toString('base64'),
    signatures: signers.map((signer) => ({
      keyid: '',
      sig: signer.sign(encoded(type, text)).toString('base64'),
    })),
  });
}

/** A Statement v1 with SLSA provenance v1 on these names and digests. */
export const statement = (
  subjects: readonly (readonly [string, string])[],
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: subjects.map(([name, sha256]) => ({ name, digest: { sha256 } })),
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { runDetails: { builder: { id: 'https://example.org/builder' } } },
  ...more,
});

/** FixOps's flat document on these names and digests. */
export const flat = (
  subjects: readonly (readonly [string, string])[],
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  slsaVersion: '1.0',
  builder: { id: 'https://example.org/builder' },
  buildType: 'https://example.org/type',
  source: { uri: 'git+https://example.org/repo' },
  metadata: {},
  subject: subjects.map(([name, sha256]) => ({ name, digest: { sha256 } })),
  ...more,
});

/** A bundle by Sigstore's own client, signed with a bare key and witnessed by nobody. */
export async function sigstoreBundle(
  data: Buffer,
  { type = INTOTO, sign }: { type?: string; sign: (encoded: Buffer) => Buffer },
): Promise<Record<string, unknown>> {
  const key = { $case: 'publicKey', publicKey: '', hint: 'ours' } as const;
  const builder = new DSSEBundleBuilder({
    signer: { sign: (each) => Promise.resolve({ signature: sign(each), key }) },
    witnesses: [],
  });
  const text = JSON.stringify(bundleToJSON(await builder.create({ data, type })));
  return JSON.parse(text) as Record<string, unknown>;
}
