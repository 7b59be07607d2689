/** What an artifact is compared with: every kind of reference, the order, and hostile attestations. */
import assert from 'node:assert/strict';
import { readKey } from '../../../src/core/formats/attestation/dsse.js';
import type { VerificationKey } from '../../../src/core/formats/attestation/dsse.js';
import { readAttestation } from '../../../src/core/formats/attestation/query.js';
import { lookUpReferences } from '../../../src/core/projects/planReferences.js';
import { judge } from '../../../src/core/rebuild/buildVerdict.js';
import { envelope, flat, INTOTO, Signer, statement } from '../formats/attestationSupport.js';
import { codes, planOf, reasonOf, rebuilt, repos, sha256 } from '../rebuild/buildSupport.js';
import type { Asked, Repo } from '../rebuild/buildSupport.js';

const newRepo = repos();
const MADE = sha256('x\n');
const OTHER = sha256('other');
const PLAN = 'artifact: dist/out.txt\nsteps: ["mkdir dist; echo x > dist/out.txt"]\n';

const BY_ATTESTATION = `${PLAN}reference_attestation: ref.json\n`;

async function verdictOf(repo: Repo, more: string, asked: Asked = {}): Promise<[string, string[]]> {
  const result = await rebuilt(repo, PLAN + more, { isolation: 'clean-folder', ...asked });
  return [reasonOf(result), codes(result)];
}

/** The same without a build: only what the attestation says. */
function said(
  document: unknown,
  more: { key?: VerificationKey; first?: boolean; detached?: string } = {},
): string {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const result = readAttestation(Buffer.from(text), {
    artifact: 'dist/out.txt',
    firstSubject: more.first === true,
    key: more.key,
    detached: more.detached,
  });
  return result.ok ? result.digest : `${result.problem} ${result.detail ?? ''}`.trim();
}

const keyOf = (signer: Signer): VerificationKey => {
  const key = readKey(signer.publicKey);
  assert.ok(key);
  return key;
};

describe('references of a plan', () => {
  it('a literal digest is compared as text, behind the first colon', async () => {
    const literal = (text: string): string => `expected_digest: "${text}"\n`;
    const repo = newRepo();
    assert.deepEqual(await verdictOf(repo, literal(`sha256:${MADE}`)), ['match', []]);
    assert.deepEqual(await verdictOf(repo, literal(` sha512 : ${MADE} `)), ['match', []]);
    assert.deepEqual(await verdictOf(repo, literal(MADE)), ['match', []]);
    assert.deepEqual(await verdictOf(repo, literal(MADE.toUpperCase())), [
      'mismatch',
      ['rebuild-spelling'],
    ]);
    assert.deepEqual(await verdictOf(repo, literal('garbage')), ['mismatch', ['rebuild-mismatch']]);
    assert.deepEqual(await verdictOf(repo, literal('sha256:')), [
      'no-reference',
      ['rebuild-no-reference'],
    ]);
  });

  it('none at all is a mismatch of its own', async () => {
    assert.deepEqual(await verdictOf(newRepo(), ''), ['no-reference', ['rebuild-no-reference']]);
  });

  it('an artifact is hashed', async () => {
    const repo = newRepo().write('good', 'x\n').write('bad', 'y\n').link('away', '/etc/hostname');
    const by = (name: string): Promise<[string, string[]]> =>
      verdictOf(repo, `reference_artifact: ${name}\n`);
    assert.deepEqual(await by('good'), ['match', []]);
    assert.deepEqual(await by('bad'), ['mismatch', ['rebuild-mismatch']]);
    assert.deepEqual(await by('none'), ['reference-missing', ['rebuild-reference-missing']]);
    assert.deepEqual(await by('away'), ['unsafe-path', ['rebuild-reference-outside']]);
  });

  it('of several the first decides, in the order of the verifier and not of its document', async () => {
    const repo = newRepo()
      .write('good', 'x\n')
      .write('bad', 'y\n')
      .write('ref.json', JSON.stringify(flat([['out.txt', OTHER]])));
    const artifact = 'reference_artifact: good\n';
    const attestation = 'reference_attestation: ref.json\n';
    const differs = ['rebuild-mismatch', 'rebuild-disagreement'];
    assert.deepEqual(await verdictOf(repo, artifact + attestation), ['mismatch', differs]);
    const literal = `expected_digest: ${MADE}\n`;
    assert.deepEqual(await verdictOf(repo, literal + attestation), [
      'match',
      ['rebuild-disagreement'],
    ]);
    assert.deepEqual(await verdictOf(repo, literal + artifact), ['match', []]);
    assert.deepEqual(await verdictOf(repo, `${literal}reference_attestation: none.json\n`), [
      'match',
      ['rebuild-reference-missing', 'rebuild-unchecked'],
    ]);
    assert.deepEqual(await verdictOf(repo, `${artifact}reference_attestation: none.json\n`), [
      'reference-missing',
      ['rebuild-reference-missing'],
    ]);
  });

  it('that disagree are a mismatch when all are to agree', async () => {
    const repo = newRepo().write('good', 'x\n').write('bad', 'y\n');
    const literal = `expected_digest: ${MADE}\n`;
    const strict = { strict: true };
    assert.deepEqual(await verdictOf(repo, `${literal}reference_artifact: bad\n`, strict), [
      'mismatch',
      ['rebuild-disagreement'],
    ]);
    assert.deepEqual(await verdictOf(repo, `${literal}reference_artifact: good\n`, strict), [
      'match',
      [],
    ]);
    const [reason] = await verdictOf(repo, `${literal}reference_artifact: none\n`, strict);
    assert.equal(reason, 'mismatch');
  });

  it('are read before the build: a step cannot make what it is compared with', async () => {
    const repo = newRepo().write('good', 'before\n');
    const more = 'reference_artifact: good\n';
    const yaml = PLAN.replace('mkdir dist;', `mkdir dist; echo x > '${repo.at('good')}';`) + more;
    const result = await rebuilt(repo, yaml, { isolation: 'clean-folder' });
    assert.equal(reasonOf(result), 'mismatch');
    assert.equal(repo.read('good'), 'x\n');
  });

  it('an empty digest in an attestation falls through to the artifact', async () => {
    const repo = newRepo()
      .write('good', 'x\n')
      .write('ref.json', JSON.stringify(flat([['out.txt', '']])));
    const more = 'reference_attestation: ref.json\nreference_artifact: good\n';
    assert.deepEqual(await verdictOf(repo, more), ['match', []]);
    assert.equal((await verdictOf(repo, 'reference_attestation: ref.json\n'))[0], 'no-reference');
  });

  it('shows both artifacts to whoever wants to know what differs', async () => {
    const repo = newRepo().write('bad', 'y\n');
    const seen: string[] = [];
    const onMismatch = (built: string, reference: string): Promise<void> => {
      seen.push(built.split('/').slice(-3).join('/'), reference);
      return Promise.resolve();
    };
    await verdictOf(repo, 'reference_artifact: bad\n', { onMismatch });
    assert.deepEqual(seen, ['build/dist/out.txt', repo.at('bad')]);
  });
});

describe('subjects of an attestation', () => {
  for (const [format, make] of Object.entries({ flat, statement })) {
    it(`are chosen by name, wherever they stand: ${format}`, () => {
      assert.equal(said(make([['out.txt', MADE]])), MADE);
      assert.equal(said(make([['dist/out.txt', MADE]])), MADE);
      assert.equal(said(make([['./dist//out.txt', MADE]])), MADE);
      assert.equal(
        said(
          make([
            ['a', OTHER],
            ['b', OTHER],
            ['dist/out.txt', MADE],
          ]),
        ),
        MADE,
      );
      assert.equal(
        said(
          make([
            ['other/out.txt', OTHER],
            ['out.txt', MADE],
          ]),
        ),
        MADE,
      );
      assert.equal(
        said(
          make([
            ['a', MADE],
            ['b', MADE],
          ]),
        ),
        'no-subject out.txt',
      );
      assert.equal(said(make([['OUT.TXT', MADE]])), 'no-subject out.txt');
      assert.equal(
        said(
          make([
            ['a', MADE],
            ['b', OTHER],
          ]),
          { first: true },
        ),
        MADE,
      );
      assert.equal(
        said(
          make([
            ['a', OTHER],
            ['out.txt', MADE],
          ]),
          { first: true },
        ),
        MADE,
      );
    });
  }

  it("FixOps's document goes by the last component first, a Statement by the path", () => {
    const both = [
      ['dist/out.txt', OTHER],
      ['out.txt', MADE],
    ] as const;
    assert.equal(said(flat(both)), MADE);
    assert.equal(said(statement(both)), OTHER);
  });

  it('of one name and several digests are told, and are a mismatch when strict', async () => {
    const two = JSON.stringify(
      flat([
        ['out.txt', MADE],
        ['out.txt', OTHER],
      ]),
    );
    const repo = newRepo().write('ref.json', two);
    const more = 'reference_attestation: ref.json\n';
    assert.deepEqual(await verdictOf(repo, more), ['match', ['rebuild-subjects-differ']]);
    assert.equal((await verdictOf(repo, more, { strict: true }))[0], 'mismatch');
  });

  it("without the name are taken by position only by FixOps's own rule, and that is told", async () => {
    const repo = newRepo().write('ref.json', JSON.stringify(flat([['elsewhere', MADE]])));
    const more = 'reference_attestation: ref.json\n';
    assert.deepEqual(await verdictOf(repo, more), [
      'attestation-rejected',
      ['rebuild-attestation'],
    ]);
    assert.deepEqual(await verdictOf(repo, more, { compat: true }), [
      'match',
      ['rebuild-first-subject'],
    ]);
  });

  it('without this digest say nothing', () => {
    const subject = [{ name: 'out.txt', digest: { sha512: 'x' } }];
    assert.equal(said(statement([], { subject })), 'no-digest out.txt');
  });
});

describe('attestations', () => {
  it('are compared as they spell the digest, as FixOps does', async () => {
    for (const spelled of [MADE.toUpperCase(), `sha256:${MADE}`]) {
      const repo = newRepo().write('ref.json', JSON.stringify(flat([['out.txt', spelled]])));
      const result = await verdictOf(repo, 'reference_attestation: ref.json\n');
      assert.deepEqual(result, ['mismatch', ['rebuild-spelling']]);
    }
  });

  it('that are hostile or something else are refused with the reason', () => {
    assert.equal(said(''), 'not-json');
    assert.equal(said('\ufeff{}'), 'not-json');
    assert.equal(said('{"a": NaN}'), 'not-json');
    assert.equal(said('['.repeat(100_000)), 'not-json');
    assert.equal(said('[]'), 'unknown-format');
    assert.equal(said('null'), 'unknown-format');
    assert.equal(said('{"__proto__": {"slsaVersion": "1.0"}}'), 'unknown-format');
    assert.equal(said(`${'['.repeat(50_000)}${']'.repeat(50_000)}`), 'unknown-format');
    assert.equal(said({ match: true, generated_digest: { sha256: MADE } }), 'unknown-format');
    assert.equal(said({ ...statement([['out.txt', MADE]]), _type: 5 }), 'unknown-format');
    assert.equal(
      said(envelope(statement([['out.txt', MADE]]), [], 'text/plain')),
      'payload-type text/plain',
    );
    assert.equal(said(envelope([], [])), 'malformed payload');
    assert.equal(
      said({ payloadType: INTOTO, payload: '/w==', signatures: [] }),
      'malformed payload',
    );
    const bad = Buffer.concat([Buffer.from('{"a": "'), Buffer.from([0xff]), Buffer.from('"}')]);
    const read = readAttestation(bad, { artifact: 'a', firstSubject: false });
    assert.ok(!read.ok && read.problem === 'not-json');
  });

  it('with another status for what is no JSON, as FixOps has it', async () => {
    const repo = newRepo().write('ref.json', 'no');
    const [reason] = await verdictOf(repo, 'reference_attestation: ref.json\n');
    assert.equal(reason, 'attestation-unreadable');
  });

  it('in envelopes and bundles are read, and told to be not verified', async () => {
    const signer = new Signer('ed25519');
    const signed = envelope(statement([['out.txt', MADE]]), [signer]);
    const bundle = JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {},
      dsseEnvelope: JSON.parse(signed) as unknown,
    });
    for (const text of [signed, bundle]) {
      const repo = newRepo().write('ref.json', text);
      const more = 'reference_attestation: ref.json\n';
      assert.deepEqual(await verdictOf(repo, more), ['match', ['rebuild-signature-unverified']]);
      assert.deepEqual(await verdictOf(repo, more, { key: keyOf(signer) }), ['match', []]);
      const key = keyOf(new Signer('ed25519'));
      assert.deepEqual(await verdictOf(repo, more, { key }), [
        'attestation-rejected',
        ['rebuild-attestation'],
      ]);
    }
  });

  it('without a signature, or with a detached one', () => {
    const signer = new Signer('ed25519');
    const key = keyOf(signer);
    const text = JSON.stringify(flat([['out.txt', MADE]]));
    assert.equal(said(text, { key }), 'unsigned');
    assert.equal(said(envelope(statement([['out.txt', MADE]]), []), { key }), 'unsigned');
    const detached = `${signer.sign(Buffer.from(text)).toString('base64')}\n`;
    assert.equal(said(text, { key, detached }), MADE);
    assert.equal(said(`${text} `, { key, detached }), 'signature');
    assert.equal(said(text, { key, detached: '***' }), 'signature');
    assert.equal(said(text, { detached: '***' }), MADE);
  });

  it('leave a key unused where there are none, and that is told', async () => {
    const repo = newRepo().write('good', 'x\n');
    const key = keyOf(new Signer('ed25519'));
    const result = await verdictOf(repo, 'reference_artifact: good\n', { key });
    assert.deepEqual(result, ['match', ['rebuild-key-unused']]);
  });
});

describe('the verdict', () => {
  it('says where the reference stands', async () => {
    const repo = newRepo().write('ref.json', JSON.stringify(flat([['out.txt', OTHER]])));
    const answers = await lookUpReferences(planOf(BY_ATTESTATION), {
      root: repo.root,
      compat: false,
    });
    const { verdict, findings } = judge(MADE as never, answers, { strict: false });
    assert.equal(verdict.match, false);
    assert.equal(verdict.reference?.source, 'attestation:ref.json');
    assert.equal(findings[0]?.place?.span.start.line, 3);
  });
});
