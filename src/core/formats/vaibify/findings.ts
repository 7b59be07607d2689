import type * as z from 'zod/v4/core';
import type { Finding, Severity } from '../../model/finding.js';
import type { RepoPath } from '../../model/paths.js';
import type { Place } from '../../model/place.js';
import { DECLARING } from './fields.js';
import { elements, member, nodeAt, plainValue } from './json.js';
import type { JsonText, Node } from './json.js';
import { KNOWN_VERSION, pipeline } from './schema.js';

/** Deviations from the schema that are told one by one. */
const MOST = 200;
/** Keys of a step whose wrong type vaibify refuses (docs/vaibify.md, section 3). */
const STRICT: ReadonlySet<PropertyKey> = new Set(['sDirectory', 'sStepId']);

/** Where the document deviates from the schema, at the exact value; a missing key at its object. */
export function schemaFindings(json: JsonText, file: RepoPath, root: Node): Finding[] {
  const result = pipeline.safeParse(plainValue(root));
  const issues = result.success ? [] : result.error.issues;
  return issues.slice(0, MOST).map((issue) => {
    const node = nodeAt(root, issue.path);
    const around = nodeAt(root, issue.path.slice(0, -1)) ?? root;
    return {
      code: 'schema',
      severity: severityOf(issue.path, node),
      field: nameOf(issue.path),
      expected: expectation(issue, node === undefined),
      place: { file, span: node === undefined ? json.opening(around) : json.span(node) },
    };
  });
}

/** What else vaibify looks at when it loads a document: its version, and whether step ids are unique. */
export function documentFindings(json: JsonText, file: RepoPath, root: Node): Finding[] {
  const found: Finding[] = [];
  const place = (node: Node): Place => ({ file, span: json.inside(node) });
  const version = member(root, 'iWorkflowSchemaVersion');
  if (version !== undefined && schemaVersionOf(root) > KNOWN_VERSION) {
    const data = { version: schemaVersionOf(root), known: KNOWN_VERSION };
    found.push({ code: 'schema-newer', severity: 'warning', ...data, place: place(version) });
  }
  const seen = new Set<string>();
  for (const step of elements(member(root, 'listSteps'))) {
    const node = member(step, 'sStepId');
    const id: unknown = node?.value;
    if (node === undefined || typeof id !== 'string' || id === '') continue;
    if (seen.has(id)) {
      found.push({ code: 'step-id-duplicate', severity: 'error', id, place: place(node) });
    }
    seen.add(id);
  }
  return found;
}

/** `iWorkflowSchemaVersion`; 0 when it is missing or no integer (docs/vaibify.md, section 2). */
export function schemaVersionOf(root: Node): number {
  const value: unknown = member(root, 'iWorkflowSchemaVersion')?.value;
  return typeof value === 'number' && Number.isInteger(value) ? value : 0;
}

/** Error for what vaibify refuses to load, and for what leaves open which files are declared. */
function severityOf(path: readonly PropertyKey[], node: Node | undefined): Severity {
  const name = path.findLast((key): key is string => typeof key === 'string');
  const isStep = name === 'listSteps' && path.length <= 2;
  if (node === undefined || isStep || path.length === 0) return 'error';
  if (name === undefined || STRICT.has(name)) return 'error';
  // vaibify of May 2026 reads null as an empty list, and every one turns a number into its text.
  if (!DECLARING.has(name) || node.type === 'null') return 'warning';
  return node.type === 'number' && typeof path.at(-1) === 'number' ? 'warning' : 'error';
}

/** `listSteps[0].saPlotFiles`. */
function nameOf(path: readonly PropertyKey[]): string {
  const name = path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('');
  return name.replace(/^\./, '') || '(document)';
}

const EXPECTED: Readonly<Record<string, string>> = {
  array: 'a list',
  string: 'a string',
  object: 'an object',
  record: 'an object',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
};

function expectation(issue: z.$ZodIssue, missing: boolean): string {
  const expected = 'expected' in issue ? issue.expected : '';
  const type = EXPECTED[expected] ?? 'another value';
  return missing ? `${type}, but the key is missing` : type;
}
