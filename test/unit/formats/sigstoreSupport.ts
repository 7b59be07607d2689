/**
 * A stand-in for the public instance of Sigstore, by its own packages: a certificate authority, a log
 * of certificates, a transparency log and a timestamp authority on a local port, with the trust root
 * that goes with them; and Sigstore's own client, which signs with it.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bundleToJSON } from '@sigstore/bundle';
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  rekorHandler,
  tsaHandler,
} from '@sigstore/mock';
import type { HandlerFn } from '@sigstore/mock';
import { HashAlgorithm, PublicKeyDetails, TrustedRoot } from '@sigstore/protobuf-specs';
import { DSSEBundleBuilder, FulcioSigner, RekorWitness, TSAWitness } from '@sigstore/sign';
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { INTOTO } from './attestationSupport.js';

type Json = Record<string, unknown>;

/** What a signer asks for that is out of the ordinary. */
export interface Signing {
  /** Of the certificate. */
  readonly identity?: string;
  readonly issuer?: string;
  /** Which services witness it; default both. */
  readonly witnesses?: readonly ('log' | 'timestamp')[];
  /** As the transparency log records it: the newer kind, or the older one. */
  readonly entry?: 'dsse' | 'intoto';
  /** With a list of certificates, as bundles were before version 0.3. */
  readonly chain?: boolean;
  readonly type?: string;
}

/** What is out of the ordinary with the services. */
export interface Services {
  /** Certificates without a promise of the log of certificates. */
  readonly noPromise?: boolean;
  /** The clock of the transparency log. */
  readonly logClock?: Date;
}

export const IDENTITY = 'https://example.org/paper/.github/workflows/release.yml@refs/tags/v1';
export const ISSUER = 'https://token.example.org';

type Pair = ReturnType<typeof pair>;
const pair = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const der = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });

/** The services, and what signs with them. Closed by {@link StandIn.close}. */
export class StandIn {
  readonly #url: string;
  readonly #close: () => void;
  /** The `trusted_root.json` of these services. */
  readonly root: Json;

  private constructor(url: string, close: () => void, root: Json) {
    this.#url = url;
    this.#close = close;
    this.root = root;
  }

  static async open({ noPromise = false, logClock }: Services = {}): Promise<StandIn> {
    const [authority, certificates, log, stamps] = [pair(), pair(), pair(), pair()] as const;
    const ctLog = await initializeCTLog(certificates);
    const ca = await initializeCA(authority, noPromise ? undefined : ctLog);
    // Whole seconds: of their fractions the client reads only those of three digits.
    const wholeSeconds = new Date();
    const tsa = await initializeTSA(stamps, wholeSeconds);
    const routes = new Map<string, HandlerFn>();
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void routes
          .get(request.url ?? '')?.(Buffer.concat(chunks).toString())
          .then(({ statusCode, response: body, contentType = 'text/plain' }) => {
            response.writeHead(statusCode, { 'content-type': contentType }).end(body);
          });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const rekor = rekorHandler(await initializeTLog(url, log, logClock));
    const [fulcio, timestamps] = [fulcioHandler(ca), tsaHandler(tsa)];
    routes.set(fulcio.path, fulcio.fn);
    routes.set(timestamps.path, (body) => {
      wholeSeconds.setTime(Math.floor(Date.now() / 1000) * 1000);
      return timestamps.fn(body);
    });
    routes.set(rekor.path, (body) => rekor.fn(recorded(body)));
    const close = (): void => {
      server.close();
      server.closeAllConnections();
    };
    const chains = {
      ca: [ca.rootCertificate],
      tsa: [tsa.intCertificate, tsa.rootCertificate],
    };
    return new StandIn(url, close, rootOf(url, chains, { log, certificates }));
  }

  close(): void {
    this.#close();
  }

  /** A bundle over a payload, as JSON. */
  async sign(payload: unknown, signing: Signing = {}): Promise<Json> {
    const { identity = IDENTITY, issuer = ISSUER, witnesses = ['log'] } = signing;
    const { entry = 'dsse', chain = false, type = INTOTO } = signing;
    const token = ['{"alg":"none"}', JSON.stringify({ sub: identity, iss: issuer }), '']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    const signer = new FulcioSigner({
      fulcioBaseURL: this.#url,
      identityProvider: { getToken: () => Promise.resolve(token) },
    });
    const builder = new DSSEBundleBuilder({
      signer,
      certificateChain: chain,
      witnesses: witnesses.map((kind) =>
        kind === 'log'
          ? new RekorWitness({ rekorBaseURL: this.#url, entryType: entry })
          : new TSAWitness({ tsaBaseURL: this.#url }),
      ),
    });
    const data = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
    return bundleToJSON(await builder.create({ data, type }));
  }
}

/** The log records a digest and signatures of a proposed envelope, not the envelope itself. */
function recorded(body: string): string {
  const entry = JSON.parse(body) as { kind: string; spec: { proposedContent?: Json } };
  const { proposedContent } = entry.spec;
  if (proposedContent === undefined) return body;
  const envelope = JSON.parse(String(proposedContent['envelope'])) as {
    payload: string;
    signatures: { sig: string }[];
  };
  const value = createHash('sha256').update(Buffer.from(envelope.payload, 'base64')).digest('hex');
  const [verifier] = proposedContent['verifiers'] as string[];
  const signatures = envelope.signatures.map(({ sig }) => ({ signature: sig, verifier }));
  return JSON.stringify({
    ...entry,
    spec: { payloadHash: { algorithm: 'sha256', value }, signatures },
  });
}

type Certificate = ArrayBufferView<ArrayBuffer>;

function rootOf(
  url: string,
  chains: { readonly ca: readonly Certificate[]; readonly tsa: readonly Certificate[] },
  logs: { readonly log: Pair; readonly certificates: Pair },
): Json {
  const validFor = { start: new Date(Date.now() - 3_600_000) };
  const authority = (chain: readonly Certificate[]) => ({
    subject: { commonName: 'stand-in', organization: 'stand-in' },
    uri: url,
    operator: '',
    validFor,
    certChain: {
      certificates: chain.map((each) => ({
        rawBytes: Buffer.from(each.buffer, each.byteOffset, each.byteLength),
      })),
    },
  });
  const log = ({ publicKey }: Pair) => ({
    baseUrl: url,
    hashAlgorithm: HashAlgorithm.SHA2_256,
    publicKey: {
      rawBytes: der(publicKey),
      keyDetails: PublicKeyDetails.PKIX_ECDSA_P256_SHA_256,
      validFor,
    },
    logId: { keyId: createHash('sha256').update(der(publicKey)).digest() },
    checkpointKeyId: undefined,
    operator: '',
  });
  return TrustedRoot.toJSON({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log(logs.log)],
    certificateAuthorities: [authority(chains.ca)],
    ctlogs: [log(logs.certificates)],
    timestampAuthorities: [authority(chains.tsa)],
  }) as Json;
}
