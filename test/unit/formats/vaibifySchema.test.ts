import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseVaibify } from '../../../src/core/formats/vaibify/vaibify.js';
import { DECLARING, STEP_FIELDS } from '../../../src/core/formats/vaibify/fields.js';
import { DESCRIPTIONS, vaibifyJsonSchema } from '../../../src/core/formats/vaibify/jsonSchema.js';
import type { RepoPath } from '../../../src/core/model/paths.js';
import { emptyStep, pipelineText } from './vaibifySamples.js';

/** Keys that look as if they named files and declare none, and why. */
const NOT_DECLARED: Readonly<Record<string, string>> = {
  sDirectory: 'the directory that outputs are joined with',
  sPlotDirectory: 'a directory, and the value of a token',
  sOverleafTargetDirectory: 'a folder on Overleaf',
  sOverleafFigureDirectory: 'a folder on Overleaf',
  sProjectRepoPath: 'the path of the repository itself',
  saScratchDirs: 'emptied before every run',
  saInputFiles: 'the provenance graph alone reads it; never hashed by any version',
  sBinaryPath: 'a program outside of the repository, recorded in the environment',
  sPath: 'provenance of an input that saInputDataFiles declares',
  sDestination: 'where a download goes; no version pins it',
  sFileName: 'a name in a remote data set',
  sTexFilename: 'a name on Overleaf',
  listModifiedFiles: 'a list of changes',
  dictExcludedFiles: 'excluded from tracking in git, not from the manifest',
  dictPathMap: 'names on arXiv',
  listBinaryDirectories: 'directories of programs',
};
const LOOKS_LIKE_PATH =
  /(?:Files?|Dirs?|Path|PathMap|Director(?:y|ies)|Filename|FileName|Destination)$/;

/** Every property of a JSON schema, with the names that lead to it. */
function properties(node: unknown, above: readonly string[] = []): string[][] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]): string[][] => {
    if (key !== 'properties') return properties(value, above);
    return Object.entries(value as object).flatMap(([name, schema]) => [
      [...above, name],
      ...properties(schema, [...above, name]),
    ]);
  });
}

const ALL = properties(vaibifyJsonSchema());

describe('vaibify schema', () => {
  it('is the one that the editor is given', () => {
    const file = readFileSync('media/schema/vaibify-project.schema.json', 'utf8');
    assert.deepEqual(
      JSON.parse(file),
      JSON.parse(JSON.stringify(vaibifyJsonSchema())),
      'run: node scripts/schemas.mjs',
    );
  });
  it('describes every key, and no other', () => {
    const names = new Set(ALL.map((path) => path.at(-1)!));
    assert.ok(names.size > 100);
    assert.deepEqual(
      [...names].filter((name) => !DESCRIPTIONS[name]),
      [],
    );
    assert.deepEqual(
      Object.keys(DESCRIPTIONS).filter((name) => !names.has(name)),
      [],
    );
  });
});

describe('vaibify schema: no path field is forgotten', () => {
  const declaring = new Set(
    STEP_FIELDS.map(({ keys }) => keys.filter((key) => key !== '*').join('.')),
  );
  it('knows what every field is that looks like one', () => {
    const open = ALL.filter((path) => LOOKS_LIKE_PATH.test(path.at(-1)!)).filter(
      (path) => !declaring.has(path.slice(1).join('.')) && !(path.at(-1)! in NOT_DECLARED),
    );
    // A user's own tests: the reference says that no version collects them (section 1.6, 4).
    assert.deepEqual(open, [['listSteps', 'dictTests', 'listUserTests', 'sFilePath']]);
  });
  it('has no reason for a field that declares, or that is gone', () => {
    const names = new Set(ALL.map((path) => path.at(-1)!));
    const wrong = Object.keys(NOT_DECLARED).filter((key) => DECLARING.has(key) || !names.has(key));
    assert.deepEqual(wrong, []);
  });
  it('yields every field of a document that fills all of them', () => {
    const step = emptyStep({ sDirectory: '', sStepKind: 'ai-declaration' });
    const expected: string[] = [];
    STEP_FIELDS.forEach(({ keys }, index) => {
      const name = `unique-${index}.py`;
      expected.push(name);
      put(step, keys, name);
    });
    assert.ok(expected.length >= 14);
    const document = parseVaibify(pipelineText([step]), 'workflow.json' as RepoPath);
    assert.deepEqual(document.findings, []);
    const names = document.entries.map(({ joined }) => joined?.ok && joined.path);
    assert.deepEqual(names.sort(), expected.sort());
  });
});

function put(target: Record<string, unknown>, keys: readonly string[], value: string): void {
  const [key = '', ...rest] = keys;
  if (rest.length === 0) target[key] = value;
  else if (rest[0] === '*') target[key] = [value];
  else put((target[key] ??= {}) as Record<string, unknown>, rest, value);
}
