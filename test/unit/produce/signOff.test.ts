import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import fc from 'fast-check';
import { parseState } from '../../../src/core/formats/vaibify/state.js';
import type { Project } from '../../../src/core/model/project.js';
import { findProjects } from '../../../src/core/projects/find.js';
import { readProject } from '../projects/support.js';
import { planSignOff, writeSignOff } from '../../../src/core/produce/signOff.js';
import type { SignOffPlan } from '../../../src/core/produce/signOff.js';
import { ignoringState, signedState } from '../../../src/core/produce/stateText.js';
import type { StateRefusedError } from '../../../src/core/produce/stateText.js';
import type { Hasher } from '../../../src/core/system/hasher.js';
import { emptyStep, pipelineText } from '../formats/vaibifySamples.js';
import { ARTEFACTS, Sandbox } from '../projects/support.js';
import { buildWorker, hasherFactory, temporaryDirectory } from '../system/support.js';

const FILE = '.vaibify/projects/p.json';
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const AT = Date.UTC(2026, 10, 21, 14, 5, 9);
type State = { readonly [key: string]: State } & { readonly sUser?: string };

describe('a sign-off', () => {
  let box: Sandbox;
  let worker: string;
  const makeHasher = hasherFactory();
  before(() => {
    worker = buildWorker(temporaryDirectory());
  });
  beforeEach(() => {
    box = new Sandbox().gitInit().write({
      [FILE]: pipelineText([
        emptyStep({
          sDirectory: 'Draw',
          sStepId: 'draw',
          saPlotFiles: ['a.svg'],
          saOutputDataFiles: ['a.csv'],
        }),
        emptyStep({ sDirectory: 'Old' }),
      ]),
      'Draw/a.svg': '<svg/>',
      'Draw/a.csv': '1',
      'MANIFEST.sha256': `${ARTEFACTS}\n${sha('1')}  Draw/a.csv\n${sha('<svg/>')}  Draw/a.svg\n`,
    });
  });
  afterEach(() => box.remove());

  async function planned(label = 'A01', more: { alone?: boolean } = {}): Promise<SignOffPlan> {
    const [ref] = await findProjects(box.root);
    const project: Project = await readProject(ref!);
    const hasher: Hasher = makeHasher({ workerFile: worker });
    const options = { hasher, followLinks: false, alone: true, at: AT, ...more };
    const plan = await planSignOff(project, label, options);
    assert.ok(plan, `${label} is a step`);
    return plan;
  }
  const refusal = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'none',
      (error: unknown) => (error as { code?: string }).code,
    );
  const state = (): string => readFileSync(box.at('.vaibify/state.json'), 'utf8');

  it('is written as vaibify writes it, and read back as one', async () => {
    const plan = await planned();
    assert.deepEqual(plan.against, []);
    assert.ok(!existsSync(box.at('.vaibify/state.json')), 'a plan writes nothing');
    await writeSignOff(plan);
    assert.deepEqual(JSON.parse(state()), {
      iStateSchemaVersion: 3,
      sLastUpdated: '2026-11-21 14:05:09 UTC',
      dictWorkflowState: {
        [FILE]: {
          iStateSchemaVersion: 3,
          sLastUpdated: '2026-11-21 14:05:09 UTC',
          dictStepState: {
            draw: {
              dictVerification: {
                sUser: 'passed',
                sLastUserUpdate: '2026-11-21 14:05:09 UTC',
                dictUserVerifiedHashes: { 'a.svg': sha('<svg/>') },
              },
            },
          },
        },
      },
      listQuarantinedState: [],
      dictRemoteDataMarkers: {},
    });
    const read = parseState(state(), { file: FILE, alone: true }).steps.get('draw');
    assert.equal(read?.signOff, 'passed');
    assert.equal(read.dated, true);
    assert.ok(state().endsWith('}\n'));
  });

  it('is left alone by git', async () => {
    await writeSignOff(await planned());
    const ignored = execFileSync('git', ['check-ignore', '.vaibify/state.json'], {
      cwd: box.root,
      encoding: 'utf8',
    });
    assert.equal(ignored.trim(), '.vaibify/state.json');
    assert.equal((await planned('A02')).ignore, undefined);
  });

  it('names a step without an identifier by its directory, and keeps the others', async () => {
    await writeSignOff(await planned('A01'));
    const before = state();
    await writeSignOff(await planned('A02'));
    const steps = (JSON.parse(state()) as State)['dictWorkflowState']![FILE]!['dictStepState']!;
    assert.deepEqual(Object.keys(steps), ['draw', 'Old']);
    assert.deepEqual(
      steps['draw'],
      (JSON.parse(before) as State)['dictWorkflowState']![FILE]!['dictStepState']!['draw'],
    );
  });

  it('is refused for what drifted or is missing, whatever a person says', async () => {
    box.write({ 'Draw/a.csv': '2' });
    const plan = await planned();
    assert.deepEqual(
      plan.against.map(({ path, status }) => `${path} ${status.kind}`),
      ['Draw/a.csv drifted'],
    );
    await assert.rejects(writeSignOff(plan));
    assert.ok(!existsSync(box.at('.vaibify/state.json')));
    box.write({ 'Draw/a.csv': '1' });
    box.write({ 'MANIFEST.sha256': `${sha('1')}  Draw/a.csv\n${sha('x')}  Draw/b.svg\n` });
    assert.deepEqual((await planned()).against, [], 'what is not pinned can be signed off');
  });

  it('keeps every byte of what else the state says', async () => {
    const text = `{\n\t"x": 1.50,\n\t"iStateSchemaVersion": 3,\n\t"dictWorkflowState": {\n\t\t"other.json": {"dictStepState": {"a": {"f": 12.0}}}\n\t}\n}\n`;
    box.write({ '.vaibify/state.json': text });
    await writeSignOff(await planned());
    assert.ok(state().includes('"x": 1.50,'));
    assert.ok(state().includes('"other.json": {"dictStepState": {"a": {"f": 12.0}}}'));
    assert.equal(
      parseState(state(), { file: FILE, alone: false }).steps.get('draw')?.signOff,
      'passed',
    );
  });

  it('takes in an older state when there is nobody else that it could be of', async () => {
    const old = {
      iStateSchemaVersion: 2,
      sLastUpdated: 'then',
      dictStepState: {
        Draw: { dictVerification: { sUnitTest: 'passed' } },
        Gone: { dictRunStats: {} },
      },
      iAICSLevel: 1,
    };
    box.write({ '.vaibify/state.json': JSON.stringify(old) });
    assert.equal(await refusal(planned('A01', { alone: false })), 'ambiguous');
    await writeSignOff(await planned());
    const section = (JSON.parse(state()) as State)['dictWorkflowState']![FILE]!;
    assert.deepEqual(Object.keys(section['dictStepState']!), ['draw', 'Gone']);
    assert.equal(section['dictStepState']!['draw']!['dictVerification']!['sUnitTest'], 'passed');
    assert.equal(section['iAICSLevel'], 1);
    assert.equal(section['iStateSchemaVersion'], 3);
  });

  it('is refused where nobody could tell what the state had said', async () => {
    for (const [text, code] of [
      ['{"iStateSchemaVersion": 4}', 'newer'],
      ['{', 'malformed'],
      ['[]', 'malformed'],
      ['{"dictWorkflowState": []}', 'malformed'],
    ] as const) {
      box.write({ '.vaibify/state.json': text });
      assert.equal(await refusal(planned()), code, text);
      assert.equal(state(), text);
    }
  });

  it('is not written over what came in between, nor through a link', async () => {
    const plan = await planned();
    box.write({ '.vaibify/state.json': '{}' });
    assert.equal(await refusal(writeSignOff(plan)), 'state-changed');
    box.write({ 'outside/x': '' });
    const second = new Sandbox().write({ [FILE]: readFileSync(box.at(FILE)) });
    try {
      mkdirSync(second.at('out'));
      symlinkSync('/nonexistent/state', second.at('.vaibify/state.json'));
      const [ref] = await findProjects(second.root);
      const project = await readProject(ref!);
      const hasher = makeHasher({ workerFile: worker });
      const options = { hasher, followLinks: false, alone: true, at: AT };
      const through = await planSignOff(project, 'A02', options);
      assert.equal(await refusal(writeSignOff(through!)), 'link-on-path');
    } finally {
      second.remove();
    }
  });
});

describe('signedState', () => {
  it('says what was said of every other step, for any state', () => {
    const word = fc.string({ maxLength: 6 }).filter((text) => !/^\d/.test(text));
    const step = fc.record({
      dictVerification: fc.dictionary(word, fc.jsonValue({ maxDepth: 1 })),
      x: word,
    });
    const section = fc.record({ dictStepState: fc.dictionary(word, step) });
    const document = fc.record({
      iStateSchemaVersion: fc.constant(3),
      dictWorkflowState: fc.dictionary(word, section),
    });
    fc.assert(
      fc.property(document, word, word, (before, file, name) => {
        const record = { file, step: name, figures: [], at: AT };
        const owner = { file, alone: false, ids: new Map<string, string>() };
        const after = JSON.parse(
          signedState(JSON.stringify(before, undefined, 2), record, owner),
        ) as State;
        const signed = after['dictWorkflowState']![file]!['dictStepState']![name]!;
        assert.equal(signed['dictVerification']!.sUser, 'passed');
        for (const [key, value] of Object.entries(before.dictWorkflowState)) {
          for (const [other, said] of Object.entries(value.dictStepState)) {
            if (key === file && other === name) continue;
            assert.deepEqual(
              after['dictWorkflowState']![key]!['dictStepState']![other],
              JSON.parse(JSON.stringify(said)),
            );
          }
        }
      }),
    );
  });

  it('gives a step of any name a record of its own', () => {
    const record = { file: '__proto__', step: '__proto__', figures: [], at: AT };
    const text = signedState(undefined, record, { file: '', alone: true, ids: new Map() });
    assert.match(text, /"__proto__": \{\s+"iStateSchemaVersion": 3/);
  });

  it('refuses with a code', () => {
    const record = { file: 'a', step: 'b', figures: [], at: AT };
    try {
      signedState('{"iStateSchemaVersion": 9}', record, { file: 'a', alone: true, ids: new Map() });
      assert.fail();
    } catch (error) {
      assert.equal((error as StateRefusedError).code, 'newer');
    }
  });
});

describe('ignoringState', () => {
  it('adds the one line that is missing', () => {
    assert.equal(ignoringState('state.json\n'), undefined);
    assert.equal(ignoringState('# x\r\n/state.json  \r\n'), undefined);
    assert.equal(ignoringState('a'), 'a\nstate.json\n');
    assert.equal(ignoringState('a\r\n'), 'a\r\nstate.json\r\n');
    assert.equal(ignoringState('mystate.json\n'), 'mystate.json\nstate.json\n');
  });
});
