import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseSha256 } from '../../../src/core/model/digest.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import { toRepoPath } from '../../../src/core/model/paths.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { DeclaredFile, Pin, Project } from '../../../src/core/model/project.js';
import type { Place } from '../../../src/core/model/place.js';
import type { FileEntry, Snapshot } from '../../../src/core/model/snapshot.js';
import { lineSpan } from '../../../src/core/model/span.js';
import { countStates } from '../../../src/core/model/status.js';
import type { FileStatus } from '../../../src/core/model/status.js';
import { printable } from '../../../src/core/words/printable.js';
import { plain } from '../../../src/core/words/markdown.js';
import { HOVER_COMMANDS, hoverMarkdown } from '../../../src/vscode/hoverText.js';

const NOW = Date.UTC(2026, 10, 21);
const digest = (digit: string): Sha256 => parseSha256(digit.repeat(64))!;
const repoPath = (text: string): RepoPath => {
  const result = toRepoPath(text);
  assert.ok(result.ok);
  return result.path;
};
const check = { at: NOW - 5 * 60_000, size: 4 << 20, how: 'read' } as const;
const DRIFTED: FileStatus = { kind: 'drifted', expected: digest('a'), actual: digest('b'), check };

function snapshotOf(stepName = 'Clean Data', manifest = 'MANIFEST.sha256'): Snapshot {
  const project: Project = {
    kind: 'vaibify',
    root: '/home/ada/my project',
    file: repoPath('workflow.json'),
    title: 'title',
    dialect: 'vaibify',
    steps: [{ label: 'A01', name: stepName, span: lineSpan(3, 1, 2) }],
    declared: [],
    pins: [],
    manifest: { file: repoPath(manifest), exists: true, base: '', entries: 1 },
    manifestHeader: [],
    findings: [],
    basis: digest('0'),
  };
  return {
    project,
    files: [],
    byPath: { places: new Map(), get: () => undefined },
    counts: countStates([]),
    findings: [],
    level: undefined,
    blockers: [],
    tiers: [],
  };
}

function entryOf(name: string, status: FileStatus, manifest = 'MANIFEST.sha256'): FileEntry {
  const path = repoPath(name);
  const place = (file: string): Place => ({ file: repoPath(file), span: lineSpan(7, 67, 80) });
  const declared: DeclaredFile = {
    path,
    role: 'plot',
    step: 'A01',
    place: place('workflow.json'),
  };
  const pin: Pin = { path, name, digest: digest('a'), line: 7, place: place(manifest) };
  return { path, declared: [declared], pins: [pin], status };
}

/** Destinations of all links, seen as the Markdown reader sees them: escapes make no link. */
const linksOf = (markdown: string): string[] =>
  [...markdown.replace(/\\[^]/g, '').matchAll(/\]\(([^)]*)\)/g)].map((match) => match[1]!);

describe('hoverMarkdown', () => {
  it('says what is known of a drifted file', () => {
    const text = hoverMarkdown(entryOf('figures/a b.png', DRIFTED), snapshotOf(), NOW);
    assert.match(text, /^\*\*≠ drifted\*\* · figures\/a b\\\.png\n/);
    assert.ok(text.includes(`| pinned | \`${digest('a')}\` |`));
    assert.ok(text.includes(`| on disk | \`${digest('b')}\` |`));
    assert.ok(text.includes('4\\.0 MiB · Every byte was read 5 min ago\\.'));
    assert.ok(text.includes('Made by step A01 Clean Data \\(plot\\)\\.'));
    assert.ok(
      text.includes('[MANIFEST\\.sha256\\:7](file:///home/ada/my%20project/MANIFEST.sha256#L7)'),
    );
  });

  it('gives its commands the URI of the file, and of the document to regenerate the manifest', () => {
    const text = hoverMarkdown(entryOf('figures/(a)%_.png', DRIFTED), snapshotOf(), NOW);
    const calls = linksOf(text).flatMap((link) => {
      const match = /^command:([^?]+)\?(.*)$/.exec(link);
      return match === null ? [] : [[match[1], JSON.parse(decodeURIComponent(match[2]!))]];
    });
    const file = ['file:///home/ada/my%20project/figures/(a)%25_.png'];
    assert.deepEqual(calls, [
      ['reprolens.verifyFile', file],
      ['reprolens.openDiff', file],
      ['reprolens.regenerateManifest', ['file:///home/ada/my%20project/workflow.json']],
      ['reprolens.copyDigest', file],
      ['reprolens.revealDeclaration', file],
    ]);
  });

  it('offers to pin what is not pinned, and no comparison', () => {
    const entry = { ...entryOf('a', { kind: 'unpinned', actual: digest('b'), check }), pins: [] };
    const text = hoverMarkdown(entry, snapshotOf(), NOW);
    assert.ok(text.includes('command:reprolens.addToManifest'));
    assert.ok(!text.includes('command:reprolens.openDiff'));
  });

  it('shows the digest that a Git LFS pointer names', () => {
    const pointer = { kind: 'git-lfs', digest: digest('a') } as const;
    const status: FileStatus = { kind: 'pointer', pointer, expected: digest('a') };
    const text = hoverMarkdown(entryOf('a', status), snapshotOf(), NOW);
    assert.ok(text.includes(`| in the Git LFS pointer | \`${digest('a')}\` |`));
    assert.ok(text.includes('equals the pin'));
  });

  it('lists a handful of a file pinned a million times', () => {
    const entry = entryOf('a', DRIFTED);
    const pins = Array.from({ length: 1_000_000 }, () => entry.pins[0]!);
    const text = hoverMarkdown({ ...entry, pins }, snapshotOf(), NOW);
    assert.ok(text.length < 5000);
    assert.ok(text.includes('and 999994 more'));
  });

  it('makes no action for a name that is not Unicode: the editor has no URI for it', () => {
    const text = hoverMarkdown(
      entryOf('a\udcff', { kind: 'verified', actual: digest('a'), check }),
      snapshotOf(),
      NOW,
    );
    assert.ok(text.includes('a\\\\xff'));
    assert.deepEqual(
      linksOf(text).filter((link) => link.startsWith('command:')),
      [],
    );
  });
});

describe('a hostile name in a hover', () => {
  const NAMES = [
    '[Verify](command:workbench.action.terminal.sendSequence?%7B%7D)',
    'a) [x](command:evil "t")',
    '](command:evil)[',
    '<a href="command:evil">x</a><img src=x onerror=alert(1)>',
    '<command:evil>',
    'https://evil.example/a',
    'www.evil.example',
    'mail@evil.example',
    '![x](https://evil.example/beacon.png)',
    '`code` **bold** ~~no~~ | cell | &lt;',
    '# heading\n\n---\n\n[x]: command:evil',
    'a\r\n| pinned | `0000` |',
    '$(pass) verified',
    '\\$(pass) \\[x\\](command:evil)',
    'a\u202egnp.exe\u200b\u0001x',
  ];
  for (const name of NAMES) {
    it(JSON.stringify(name), () => {
      const status: FileStatus = { kind: 'linked', segment: name, expected: digest('a') };
      const manifest = `m/${name.replace(/^\//, '')}`;
      const text = hoverMarkdown(
        entryOf(`x/${name}`, status, manifest),
        snapshotOf(name, manifest),
        NOW,
      );
      for (const link of linksOf(text)) {
        const command = /^command:([^?]*)\?/.exec(link)?.[1];
        assert.ok(
          command === undefined
            ? link.startsWith('file:///home/ada/my%20project/m/')
            : HOVER_COMMANDS.some((ours) => ours === command),
          link,
        );
      }
      const bare = text.replace(/\\[^]/g, '').replace(/\]\([^)]*\)/g, ']');
      assert.doesNotMatch(bare, /[<>!~#&@]|:\/\/|command:/);
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u200b-\u200f\u202a-\u202e]/);
      assert.doesNotMatch(text.replaceAll(/(?<!\\)\[\$\([a-z-]+\)/g, ''), /(?<!\\)\$\([a-z]/);
    });
  }
});

describe('plain', () => {
  const undo = (markdown: string): string => markdown.replace(/\\([^\sA-Za-z0-9])/g, '$1');

  it('shows exactly the printable text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = printable(text).replace(/\s+/g, ' ');
        // The editor removes one backslash before `$(name)`, and draws no icon then.
        const rendered = undo(plain(text)).replace(/\\(\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\))/g, '$1');
        assert.equal(rendered, shown);
      }),
    );
  });

  it('keeps icons from being drawn', () => {
    assert.equal(plain('$(pass)'), '\\\\$\\(pass\\)');
    assert.equal(plain('\\$(pass)'), '\\\\\\\\$\\(pass\\)');
  });

  it('escapes every character that begins markup', () => {
    for (const character of '\\`*_{}[]()#+-.!|<>~&:@^=') {
      assert.equal(plain(character), `\\${character}`);
    }
  });
});
