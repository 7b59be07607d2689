import type { Finding } from '../../model/finding.js';
import type { RepoPath } from '../../model/paths.js';
import { atOnce } from '../../model/steps.js';
import { documentFindings, schemaFindings } from './findings.js';
import { factsOf, NO_FACTS } from './facts.js';
import { hasTopLevelList, JsonText, member } from './json.js';
import type { Node } from './json.js';
import type { VaibifyDocument } from './document.js';
import { stringOf, VaibifyReader } from './reader.js';

const BOM = '\uFEFF';
const withoutBom = (text: string): string => (text.startsWith(BOM) ? text.slice(1) : text);

/**
 * Whether the text is a vaibify pipeline at all: an object whose `listSteps` is a list. Thousands of
 * unrelated `workflow.json` exist, so the content decides, never the name.
 */
export const isPipeline = (text: string): boolean => hasTopLevelList(withoutBom(text), 'listSteps');

/**
 * Reads a pipeline document of any schema version, going on after errors.
 * @param repoName Name of the repository's directory: absolute container paths below
 * `/workspace/<repoName>` in documents of schema 0 and 1 are then read as vaibify migrates them.
 */
export function parseVaibify(text: string, file: RepoPath, repoName?: string): VaibifyDocument {
  return atOnce(readVaibify(text, file, repoName));
}

/** {@link parseVaibify} in small steps. */
export function* readVaibify(
  text: string,
  file: RepoPath,
  repoName?: string,
): Generator<undefined, VaibifyDocument> {
  const json = new JsonText(withoutBom(text));
  yield undefined;
  const syntax = json.problems.map(({ problem, span }): Finding => {
    return { code: 'json-syntax', severity: 'error', problem, place: { file, span } };
  });
  const encoding = encodingFindings(text, file);
  const { root } = json;
  if (root?.type !== 'object') {
    const findings = [...encoding, ...(syntax.length > 0 ? syntax : [noObject(json, file)])];
    return { ...NOTHING, title: titleOf(undefined, file, repoName), findings };
  }
  const document = new VaibifyReader(json, file, root, repoName);
  yield* document.readSteps();
  // What is missing behind a syntax error is no fault of its own.
  const schema = schemaFindings(json, file, root).filter(
    ({ severity }) => syntax.length === 0 || severity !== 'error',
  );
  yield undefined;
  const own = [...documentFindings(json, file, root), ...document.findings];
  return {
    title: titleOf(root, file, repoName),
    schemaVersion: document.version,
    steps: document.steps,
    entries: document.entries,
    findings: [...encoding, ...syntax, ...schema, ...own],
    archiveTests: document.archiveTests,
    generation: document.current ? 'current' : 'legacy',
    facts: factsOf({ json, file, root }, document.steps, document.version),
  };
}

const NOTHING = {
  schemaVersion: 0,
  steps: [],
  entries: [],
  archiveTests: true,
  generation: 'legacy',
  facts: NO_FACTS,
} as const;

/** The display name: `sWorkflowName`, else the file's (docs/vaibify.md, section 1). */
function titleOf(root: Node | undefined, file: RepoPath, repoName: string | undefined): string {
  const name = stringOf(member(root, 'sWorkflowName'))?.trim();
  if (name) return name;
  const base = file.slice(file.lastIndexOf('/') + 1);
  const generic = base === 'project.json' || base === 'workflow.json';
  return generic && repoName ? repoName : base;
}

const noObject = (json: JsonText, file: RepoPath): Finding => ({
  code: 'schema',
  severity: 'error',
  field: '(document)',
  expected: 'an object',
  ...(json.root === undefined ? {} : { place: { file, span: json.opening(json.root) } }),
});

/** Python's reader takes neither a byte-order mark nor bytes that are no UTF-8. */
function encodingFindings(text: string, file: RepoPath): Finding[] {
  if (!text.startsWith(BOM) && text.isWellFormed()) return [];
  const start = { line: 1, column: 1 };
  return [{ code: 'not-utf8', severity: 'error', place: { file, span: { start, end: start } } }];
}
