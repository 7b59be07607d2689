import assert from 'node:assert/strict';
import { parsePlan } from '../../../src/core/formats/plan/plan.js';
import type { BuildFacts } from '../../../src/core/model/build.js';
import type { Sha256 } from '../../../src/core/model/digest.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import type { Project } from '../../../src/core/model/project.js';
import { buildState } from '../../../src/core/verify/buildState.js';
import { planHover } from '../../../src/vscode/planHoverText.js';

const DIGEST = 'ab'.repeat(32) as Sha256;
const EVIL = '](command:workbench.action.quit) <img src=x> **x** `x` $(bug)';
const BASIS = 'cc'.repeat(32) as Sha256;

/** Hovers over everything that a plan names, all texts of which are hostile. */
function hovers(): string[] {
  const yaml = JSON.stringify({
    artifact: EVIL,
    sources: ['in.txt', EVIL],
    steps: [EVIL, [EVIL]],
    expected_digest: EVIL,
  });
  const plan = parsePlan(yaml, 'plan.yaml' as RepoPath);
  const [file, other] = plan.sources.map(({ path }) => path.span);
  const facts: BuildFacts = {
    plan,
    sources: [
      { span: file!, name: 'in.txt', path: 'in.txt' as RepoPath, kind: 'file', changedAt: 1 },
      { span: other!, name: EVIL, kind: 'refused' },
    ],
    references: [
      {
        key: 'expected_digest',
        place: { file: plan.file, span: plan.expectedDigest!.span },
        digest: EVIL,
      },
    ],
    record: {
      ...{ file: 'r.json' as RepoPath, tag: EVIL, generated: DIGEST },
      ...{ match: true, verifiedAt: 0 },
    },
    called: [],
  };
  const project: Project = {
    ...{ kind: 'plan', root: '/r', file: plan.file, title: EVIL, dialect: 'build plan' },
    ...{ steps: [], declared: [], pins: [], manifestHeader: [], findings: [], basis: BASIS },
    manifest: { file: plan.file, exists: true, digest: BASIS, base: '', entries: 1 },
    build: facts,
  };
  const seen = new Map([
    ['in.txt', { kind: 'file', digest: DIGEST, size: 1, at: 1, how: 'read' } as const],
  ]);
  const state = buildState({ project, facts, seen });
  return state.marks.map((mark) => planHover(mark, { project, facts, state }, 60_000));
}

describe('planHover', () => {
  it('gives a hover for everything that a plan names', () => {
    assert.equal(hovers().length, 6);
  });
  it('lets no text of a file become a link, a picture, markup or an icon', () => {
    for (const hover of hovers()) {
      const commands = [...hover.matchAll(/\]\(command:([\w.]+)/g)].map(([, name]) => name);
      assert.ok(
        commands.every((name) => name?.startsWith('reprolens.')),
        hover,
      );
      assert.doesNotMatch(hover, /(?<!\\)<img|(?<!\\)\*\*x|(?<!\\)`x|(?<!\\)\$\(bug/);
    }
  });
  it('tells the digest of a source that is a file', () => {
    assert.ok(hovers().some((hover) => /on disk \| ab/.test(hover)));
  });
});
