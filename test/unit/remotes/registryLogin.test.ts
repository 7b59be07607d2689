import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createPublicKey, createSign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'mocha';
import { parseImageReference } from '../../../src/core/formats/container/imageReference.js';
import { inspectImage, resolveTag } from '../../../src/core/remotes/registry.js';
import { dockerCredentials } from '../../../src/core/remotes/registryCredentials.js';
import {
  buildAndPush,
  Containers,
  lacking,
  preparePodman,
  startRegistry,
  withVariables,
} from '../../harness/containers.js';
import type { Registry, TestEngine } from '../../harness/containers.js';
import { skip } from '../../harness/skip.js';

/** bcrypt of `secret`, as `htpasswd -B` writes it. */
const HTPASSWD = 'ann:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n';
const LOGIN = { username: 'ann', password: 'secret' };
const inspect = (text: string, credentials?: typeof LOGIN) => {
  const reference = parseImageReference(text);
  assert(reference?.kind === 'registry' && reference.digest !== undefined);
  return inspectImage(
    { ...reference, digest: reference.digest },
    {
      layers: true,
      ...(credentials === undefined ? {} : { credentials: () => Promise.resolve(credentials) }),
    },
  );
};

describe('registries that want a login', function () {
  this.timeout(120_000);
  let own: Containers;
  let podman: TestEngine;
  /** An open registry whose storage the others serve. */
  let open: Registry;
  let digest: string;
  const servers: Server[] = [];

  before(async function () {
    const reason = lacking('docker-registry', 'podman', 'openssl', 'busybox');
    if (reason !== undefined) skip(this, reason);
    own = new Containers();
    podman = preparePodman(own);
    open = await startRegistry(own);
    digest = buildAndPush(podman, own, `${open.host}/lab/paper:1`);
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-days',
          '2',
          '-subj',
          '/CN=localhost',
        ],
        ...[
          '-addext',
          'subjectAltName=IP:127.0.0.1',
          '-keyout',
          own.at('key'),
          '-out',
          own.at('crt'),
        ],
      ],
      { stdio: 'ignore' },
    );
  });
  after(async () => {
    for (const server of servers) server.close();
    await (own as Containers | undefined)?.stop();
  });
  const guarded = (auth: string) => startRegistry(own, { more: auth, storage: open.storage });

  it('Basic: with the right password only', async () => {
    writeFileSync(own.at('htpasswd'), HTPASSWD);
    const { host } = await guarded(`auth: {htpasswd: {realm: lab, path: ${own.at('htpasswd')}}}`);
    const image = `${host}/lab/paper@${digest}`;
    assert.deepEqual(await inspect(image), { kind: 'unauthorised' });
    const wrong = { ...LOGIN, password: 'guess' };
    assert.deepEqual(await inspect(image, wrong), { kind: 'unauthorised' });
    assert.equal((await inspect(image, LOGIN)).kind, 'ok');
  });

  it('Bearer: without a service that gives tokens out, nobody comes in', async () => {
    const { host } = await guarded('auth: {silly: {realm: lab, service: lab}}');
    assert.deepEqual(await inspect(`${host}/lab/paper@${digest}`, LOGIN), { kind: 'unauthorised' });
  });

  /** Gives out tokens that the registry checks against the certificate (distribution, token auth). */
  async function tokens(seen: IncomingMessage[], free: boolean): Promise<string> {
    const server = createServer((request, response) => {
      seen.push(request);
      const { searchParams } = new URL(request.url ?? '', 'http://x');
      const [type, name, actions] = (searchParams.get('scope') ?? '').split(':');
      const known = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
      if (!free && request.headers.authorization !== known) response.writeHead(401).end();
      else {
        const access = [{ type, name, actions: (actions ?? '').split(',') }];
        response.end(JSON.stringify({ token: signed(own, access) }));
      }
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  }

  it('Bearer: with a token for this repository, to read it, and nothing else', async () => {
    for (const free of [true, false]) {
      const seen: IncomingMessage[] = [];
      const realm = await tokens(seen, free);
      const { host } = await guarded(
        `auth: {token: {realm: "${realm}", service: lab, issuer: tests, rootcertbundle: ${own.at('crt')}}}`,
      );
      const image = `${host}/lab/paper@${digest}`;
      assert.equal((await inspect(image, free ? undefined : LOGIN)).kind, 'ok');
      // Once for all requests.
      assert.equal(seen.length, 1);
      assert.equal(seen[0]?.url, '/token?service=lab&scope=repository%3Alab%2Fpaper%3Apull');
      if (!free) assert.deepEqual(await inspect(image), { kind: 'unauthorised' });
    }
  });

  it('a registry elsewhere cannot send us to services of this machine, nor forge headers', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url?.startsWith('/token') === true) {
        response.end(JSON.stringify({ token: 'x\r\nHost: evil' }));
      } else {
        const realm = `http://127.0.0.1.example.org/token`;
        const next = asked.length > 1 ? `http://${request.headers.host}/token` : realm;
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${next}"` }).end();
      }
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (let n = 0; n < 2; n++) {
      const found = await inspect(`${host}/lab/paper@${digest}`, LOGIN);
      assert.deepEqual(found, { kind: 'unauthorised' });
    }
    assert(asked.some((url) => url.startsWith('/token')));
  });

  it('TLS: a certificate that nobody vouches for is refused', async () => {
    const http = `, tls: {certificate: ${own.at('crt')}, key: ${own.at('key')}}`;
    const { host } = await startRegistry(own, { http, storage: open.storage });
    const found = await inspect(`${host}/lab/paper@${digest}`);
    assert.deepEqual(found, { kind: 'tls', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    // With the certificate as a root, in a process of its own, curl is let in.
    const curl = spawnSync('curl', ['-sf', '--cacert', own.at('crt'), `https://${host}/v2/`]);
    assert.equal(curl.status, 0);
  });

  it('reads what docker keeps, and starts no helper', async () => {
    const directory = own.at('docker-config');
    mkdirSync(directory);
    const auth = Buffer.from('ann:a:b').toString('base64');
    const config = {
      credsStore: 'evil',
      auths: {
        'https://index.docker.io/v1/': { auth },
        'h:5000': { auth },
        'https://old.example.org/v1/': { auth },
        broken: { auth: 5 },
        empty: {},
      },
    };
    writeFileSync(`${directory}/config.json`, JSON.stringify(config));
    await withVariables({ DOCKER_CONFIG: directory }, async () => {
      const known = { username: 'ann', password: 'a:b' };
      for (const host of ['docker.io', 'h:5000', 'old.example.org']) {
        assert.deepEqual(await dockerCredentials(host), known, host);
      }
      for (const host of ['h', 'h:50', 'broken', 'empty', 'example.org', '__proto__']) {
        assert.equal(await dockerCredentials(host), undefined, host);
      }
      writeFileSync(`${directory}/config.json`, '{');
      assert.equal(await dockerCredentials('h:5000'), undefined);
    });
  });

  it('takes nothing for an image that only looks like one', async () => {
    const bodies: Record<string, string> = {
      both: '{"schemaVersion":2,"manifests":[],"layers":[],"config":{}}',
      one: '{"schemaVersion":1,"name":"x"}',
      text: 'hello',
      list: '[]',
      empty: '{"schemaVersion":2,"manifests":[]}',
      large: ' '.repeat(5 << 20),
    };
    const server = createServer((request, response) => {
      const name = request.url?.split('/').at(-1) ?? '';
      const body = Object.values(bodies).find((each) => name === `sha256:${hash(each)}`);
      response.end(body ?? bodies[name] ?? '{}');
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const [name, body] of Object.entries(bodies)) {
      const found = await inspect(`${host}/lab/paper@sha256:${hash(body)}`);
      assert.equal(found.kind, 'malformed', name);
      const reference = parseImageReference(`${host}/lab/paper:${name}`);
      assert(reference?.kind === 'registry');
      const { kind } = await resolveTag(reference);
      assert.equal(kind, name === 'empty' ? 'ok' : 'malformed', name);
    }
  });
});

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A token as the distribution project's registry wants it: RS256, its key in `x5c`. */
function signed(own: Containers, access: unknown): string {
  const certificate = readFileSync(own.at('crt'), 'utf8');
  const der = certificate.replace(/-----[A-Z ]+-----|\s/g, '');
  assert.equal(createPublicKey(certificate).asymmetricKeyType, 'rsa');
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'tests', aud: 'lab', sub: '', nbf: now - 60, iat: now, exp: now + 600 };
  const encode = (value: unknown): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = encode({ typ: 'JWT', alg: 'RS256', x5c: [der] });
  const text = `${head}.${encode({ ...claims, jti: 'x', access })}`;
  const signature = createSign('RSA-SHA256')
    .update(text)
    .sign(readFileSync(own.at('key')));
  return `${text}.${signature.toString('base64url')}`;
}
