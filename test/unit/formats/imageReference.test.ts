import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  isLoopback,
  parseImageReference,
  pinnedName,
} from '../../../src/core/formats/container/imageReference.js';

const HEX = '0123456789abcdef'.repeat(4);

/** The published regular expression of the distribution project (reference/regexp.go), from its parts. */
const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:.]+\\])(?::[0-9]+)?`;
const REFERENCE = new RegExp(
  `^(?:${domain}/)?${part}(?:/${part})*(?::[\\w][\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

describe('image references', () => {
  it('reads names as docker normalises them', () => {
    const read = (text: string) => {
      const found = parseImageReference(text);
      assert(found?.kind === 'registry', text);
      return [found.registry, found.repository, found.tag, found.digest, found.name];
    };
    const hub = 'docker.io';
    const none = undefined;
    assert.deepEqual(read('python'), [hub, 'library/python', none, none, 'python']);
    assert.deepEqual(read('python:3.11'), [hub, 'library/python', '3.11', none, 'python']);
    assert.deepEqual(read('a/b'), [hub, 'a/b', none, none, 'a/b']);
    assert.deepEqual(read('docker.io/a'), [hub, 'library/a', none, none, 'docker.io/a']);
    assert.deepEqual(read(`ghcr.io/a/b:1@sha256:${HEX}`), [
      'ghcr.io',
      'a/b',
      '1',
      HEX,
      'ghcr.io/a/b',
    ]);
    assert.deepEqual(read('localhost/a'), ['localhost', 'a', none, none, 'localhost/a']);
    assert.deepEqual(read('h:5000/a:1'), ['h:5000', 'a', '1', none, 'h:5000/a']);
    assert.deepEqual(read('[::1]:5000/a'), ['[::1]:5000', 'a', none, none, '[::1]:5000/a']);
    // 64 hexadecimal digits are a tag like any other.
    assert.deepEqual(read(`a:${HEX}`)[2], HEX);
  });

  it('reads a bare digest as an image of this machine', () => {
    assert.deepEqual(parseImageReference(`sha256:${HEX}`), { kind: 'local', digest: HEX });
  });

  it('refuses what is none', () => {
    const upper = HEX.toUpperCase();
    const bad = [
      ...['', 'A', 'a b', '-a', '--help', 'a/', '/a', 'a//b', 'a:', 'a@', 'a@sha256:', 'a:1:2'],
      ...[`a@sha256:${HEX}0`, `a@sha256:${HEX.slice(1)}`, `a@sha256:${upper}`, `a@sha512:${HEX}`],
      ...[
        'h:99999/a',
        'h..x/a',
        '../a',
        'a/../b',
        'http://h/a',
        'u:p@h/a',
        'a\n',
        `a@@sha256:${HEX}`,
      ],
      'a/'.repeat(300) + 'a',
    ];
    for (const text of bad) assert.equal(parseImageReference(text), undefined, text);
  });

  it('agrees with the published grammar', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b1',
        'A',
        '-',
        '.',
        '_',
        '__',
        '/',
        ':',
        '1',
        'h:5',
        '@',
        `@sha256:${HEX}`,
        '[::1]',
      ],
    );
    const text = fc.array(piece, { minLength: 1, maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(text, (each) => {
        const found = parseImageReference(each);
        assert.equal(found !== undefined, REFERENCE.test(each), each);
        if (found?.kind !== 'registry') return;
        // What was taken apart can be put together again.
        const tag = found.tag === undefined ? '' : `:${found.tag}`;
        const digest = found.digest === undefined ? '' : `@sha256:${found.digest}`;
        assert.equal(`${found.name}${tag}${digest}`, each);
        if (found.digest !== undefined) {
          assert.equal(pinnedName(found, found.digest), `${found.name}${digest}`);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('knows what is on this machine', () => {
    for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1', '127.9.8.7:5000', '[::1]:5000']) {
      assert.equal(isLoopback(host), true, host);
    }
    for (const host of [
      '127.0.0.1.example.org',
      'localhost.example.org',
      '128.0.0.1',
      '[::2]',
      '',
    ]) {
      assert.equal(isLoopback(host), false, host);
    }
  });

  it('is fast whatever the text', () => {
    for (const text of [
      'a-'.repeat(250),
      'a'.repeat(1e6),
      `${'a.'.repeat(120)}!`,
      '-'.repeat(1e6),
    ]) {
      assert.equal(parseImageReference(text), undefined);
    }
  });
});
