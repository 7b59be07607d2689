/** `rebuild --trusted-root` from the outside: what is accepted, what is refused and how that is said. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { envelope, flat, Signer, statement } from '../formats/attestationSupport.js';
import { IDENTITY, ISSUER, StandIn } from '../formats/sigstoreSupport.js';
import { digest, directory, removeAll, reprolens, write } from './run.js';
import type { Ran } from './run.js';

type Json = Record<string, unknown>;

const MADE = digest('x\n');
const PLAN = `artifact: dist/out.txt
steps: ["mkdir dist; echo x > dist/out.txt"]
reference_attestation: ref.json
`;
const ASKED = ['--certificate-identity', IDENTITY, '--certificate-issuer', ISSUER];
const VERDICT = 'artifacts/repro/attestations/v1.json';

describe('rebuild --trusted-root', () => {
  let services: StandIn;
  let bundle: Json;

  before(async () => {
    services = await StandIn.open();
    bundle = await services.sign(statement([['dist/out.txt', MADE]]));
    // What follows needs no service: nothing is ever fetched.
    services.close();
  });
  after(removeAll);

  const repoWith = (reference: unknown, plan = PLAN): string => {
    const text = typeof reference === 'string' ? reference : JSON.stringify(reference);
    const root = JSON.stringify(services.root);
    return directory({ 'build/plan.yaml': plan, 'ref.json': text, 'root.json': root });
  };
  const rebuild = (repo: string, ...args: string[]): Ran =>
    reprolens(repo, ...['rebuild', '--tag', 'v1', '--isolation', 'clean-folder'], ...args);
  const trusting = (repo: string, ...args: string[]): Ran =>
    rebuild(repo, '--trusted-root', 'root.json', ...args);
  const verdictIn = (repo: string): Json =>
    JSON.parse(readFileSync(path.join(repo, VERDICT), 'utf8')) as Json;

  it('accepts a bundle of the signer that was asked for, and records who it was', () => {
    const repo = repoWith(bundle);
    const { code, out, err } = trusting(repo, ...ASKED);
    assert.equal(code, 0, out + err);
    assert.ok(
      out.includes(
        `build/plan.yaml:3:24: info rebuild-signer: ref.json was signed by ${IDENTITY} (vouched for by ${ISSUER}).`,
      ),
      out,
    );
    assert.ok(!/warning|was not verified/.test(out), out);
    const verdict = verdictIn(repo);
    assert.deepEqual(
      [verdict['signature'], verdict['signer'], verdict['signer_issuer']],
      ['verified', IDENTITY, ISSUER],
    );
  });

  it('without one accepts anybody, and warns that this says nothing of who it was', () => {
    const repo = repoWith(bundle);
    const { code, out } = trusting(repo);
    assert.equal(code, 0, out);
    assert.match(
      out,
      /build\/plan\.yaml:3:24: warning rebuild-signer-unasked: ref\.json was signed/,
    );
    assert.match(out, /anybody can get such a certificate/);
    assert.ok(out.includes(IDENTITY) && out.includes(ISSUER), out);
    assert.equal(verdictIn(repo)['signature'], 'any-signer');
    assert.match(trusting(repo, ...ASKED.slice(0, 2)).out, /name the issuer with/);
    assert.match(trusting(repo, ...ASKED.slice(2)).out, /name the signer with --certificate-id/);
  });

  it('without a root says that nothing was verified, and how it could be', () => {
    const { code, out } = rebuild(repoWith(bundle));
    assert.equal(code, 0);
    assert.match(out, /info rebuild-signature-unverified: .* was not verified: .*--trusted-root/);
  });

  it('ends with 3 when what was signed is another digest', async () => {
    const online = await StandIn.open();
    const other = await online.sign(statement([['out.txt', digest('other')]]));
    online.close();
    const repo = repoWith(other);
    write(repo, 'root.json', JSON.stringify(online.root));
    const { code, out } = trusting(repo, ...ASKED);
    assert.equal(code, 3, out);
    assert.match(out, /rebuild-mismatch/);
  });

  it('refuses with 1 and one sentence what does not hold, and attests nothing', () => {
    const changed = (change: (copy: Json) => void): Json => {
      const copy = structuredClone(bundle);
      change(copy);
      return copy;
    };
    const forged = Buffer.from(JSON.stringify(statement([['dist/out.txt', MADE]], { a: 1 })));
    const material = (copy: Json): Json => copy['verificationMaterial'] as Json;
    const message = {
      messageDigest: { algorithm: 'SHA2_256', digest: 'AAAA' },
      signature: 'AAAA',
    };
    const { dsseEnvelope, ...rest } = bundle;
    for (const [reference, said] of [
      [
        changed((copy) => ((copy['dsseEnvelope'] as Json)['payload'] = forged.toString('base64'))),
        'its entry in the transparency log is about other content',
      ],
      [
        changed((copy) => (material(copy)['tlogEntries'] = [])),
        'it holds no entry of a transparency log',
      ],
      [
        changed((copy) => (material(copy)['tlogEntries'] = [5])),
        '"verificationMaterial.tlogEntries[0].logId" is missing or malformed',
      ],
      [{ ...rest, messageSignature: message }, 'the bundle signs bare bytes and names no artifact'],
      [flat([['out.txt', MADE]]), 'it is no Sigstore bundle: nothing in it shows who signed it'],
      [statement([['out.txt', MADE]]), 'it is no Sigstore bundle'],
      [envelope(statement([['out.txt', MADE]]), [new Signer('p256')]), 'it is no Sigstore bundle'],
    ] as const) {
      const repo = repoWith(reference);
      const { code, out, err } = trusting(repo, ...ASKED);
      assert.equal(code, 1, out + err);
      const line = `build/plan.yaml:3:24: error rebuild-attestation: ref.json is not accepted: `;
      assert.ok((out + err).includes(line), out + err);
      assert.ok((out + err).includes(said), `${said}\n${out}${err}`);
      assert.ok(!existsSync(path.join(repo, VERDICT)));
    }
    assert.ok(dsseEnvelope);
  });

  it('refuses another root, another signer and another issuer', async () => {
    const other = await StandIn.open();
    other.close();
    const repo = repoWith(bundle);
    write(repo, 'other.json', JSON.stringify(other.root));
    write(repo, 'both.jsonl', `${JSON.stringify(other.root)}\n${JSON.stringify(services.root)}\n`);
    const run = (...args: string[]): string => {
      const { code, out, err } = rebuild(repo, '--trusted-root', ...args);
      return `${code} ${out}${err}`;
    };
    assert.match(run('other.json', ...ASKED), /^1 [^]*not from an authority of the trust root/);
    assert.match(run('both.jsonl', ...ASKED), /^0 /);
    const [id, , by] = ASKED as [string, string, string];
    const signer = run('root.json', id, 'mallory', by, ISSUER);
    assert.match(signer, /^1 [^]*it was signed by https:\/\/example\.org\/paper\/\S+, not by/);
    const issuer = run('root.json', id, IDENTITY, by, 'https://example.org');
    assert.match(issuer, /^1 [^]*https:\/\/token\.example\.org vouched for its signer, not the/);
  });

  it('shows a signer of control characters as escapes', async () => {
    const online = await StandIn.open();
    const sly = await online.sign(statement([['out.txt', MADE]]), {
      identity: 'mailto:a\u001b[2Jb\r\nrebuild: fine',
    });
    online.close();
    const repo = repoWith(sly);
    write(repo, 'root.json', JSON.stringify(online.root));
    const { code, out } = trusting(repo);
    assert.equal(code, 0, out);
    assert.ok(out.includes('mailto:a\\u001b[2Jb\\r\\nrebuild: fine'), out);
    assert.ok(!out.includes('\u001b'));
  });

  it('is told when the plan has nothing that it could verify', () => {
    const plan = `${PLAN.slice(0, PLAN.indexOf('reference'))}expected_digest: sha256:${MADE}\n`;
    const { code, out } = trusting(repoWith(bundle, plan), ...ASKED);
    assert.equal(code, 0);
    assert.match(out, /warning rebuild-root-unused/);
  });

  it('ends with 2 and one line when options or the file are wrong', () => {
    const repo = repoWith(bundle);
    write(repo, 'key.pem', new Signer('p256').publicKey);
    write(repo, 'text.json', 'no');
    write(repo, 'lines.jsonl', `${JSON.stringify(services.root)}\n{}\n`);
    write(repo, 'bare.json', '{"mediaType":"application/vnd.dev.sigstore.trustedroot.v0.2+json"}');
    write(repo, 'large.json', '');
    truncateSync(path.join(repo, 'large.json'), 20 << 20);
    const root = ['--trusted-root', 'root.json'];
    for (const [args, said] of [
      [['--key', 'key.pem', ...root], '--key and --trusted-root cannot be given together'],
      [ASKED.slice(0, 2), '--certificate-identity needs --trusted-root FILE'],
      [ASKED.slice(2), '--certificate-issuer needs --trusted-root FILE'],
      [[...ASKED, '--key', 'key.pem'], '--certificate-identity needs --trusted-root FILE'],
      [[...root, '--certificate-identity', ''], '--certificate-identity is empty'],
      [['--trusted-root', 'none.json'], 'none.json: no trust root file of that name'],
      [['--trusted-root', '.'], ': no trust root file of that name'],
      [['--trusted-root', 'large.json'], 'large.json: larger than any trust root'],
      [['--trusted-root', 'text.json'], 'text.json: no JSON'],
      [['--trusted-root', 'ref.json'], 'ref.json: no trusted_root.json of Sigstore'],
      [['--trusted-root', 'lines.jsonl'], 'lines.jsonl:2: no trusted_root.json of Sigstore'],
      [['--trusted-root', 'bare.json'], 'bare.json: this trust root names no certificate'],
      [['--vary', ...ASKED], '--certificate-identity needs --trusted-root FILE'],
    ] as const) {
      const { code, out, err } = rebuild(repo, ...args);
      assert.equal(code, 2, out + err);
      assert.ok(err.includes(said), err);
      assert.equal(err.trim().split('\n').length, 1, err);
      assert.ok(!existsSync(path.join(repo, VERDICT)));
    }
  });
});
