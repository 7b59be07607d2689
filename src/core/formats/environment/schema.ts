/**
 * The keys of `.vaibify/environment.json`, May to August 2026 (docs/environment.md). Every message is
 * the end of the sentence "expected ...".
 */
import * as z from 'zod/mini';
import type { Finding } from '../../model/finding.js';
import type { RepoPath } from '../../model/paths.js';
import { nodeAt, plainValue } from '../vaibify/json.js';
import type { JsonText, Node } from '../vaibify/json.js';

/** The version that every known vaibify writes. */
export const ENVIRONMENT_VERSION = '1';
/** Deviations that are told one by one. */
const MOST = 100;

const text = () => z.nullish(z.string('a string or null'));
const group = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.nullish(z.looseObject(shape, 'an object'));
const hex = () =>
  z.nullish(
    z.string('a string or null').check(z.regex(/^[0-9a-fA-F]{64}$/, '64 hexadecimal digits')),
  );
const binaries = () =>
  z.nullish(
    z.array(
      z.looseObject(
        {
          sBinaryPath: z.string('a string').check(z.minLength(1, 'the path of a program')),
          sSha256: hex(),
          sVersion: text(),
        },
        'an object',
      ),
      'a list',
    ),
  );

const environment = z.looseObject(
  {
    dictContainer: group({
      sContainerName: text(),
      sImageDigest: text(),
      bLocalImageOnly: z.nullish(z.boolean('true or false')),
    }),
    dictSystemTools: group({ sPython: text(), sGcc: text(), sLibc: text(), sOsRelease: text() }),
    dictHostBinaries: group({ listBinaries: binaries() }),
    listBinaries: binaries(),
    iSourceDateEpoch: z.nullish(
      z.int('a whole number of seconds').check(z.minimum(0, 'no time before 1970')),
    ),
    sImageDigest: text(),
    sMode: z.nullish(z.enum(['host', 'container'], '"host" or "container"')),
    sTimestamp: text(),
    sSchemaVersion: text(),
  },
  'an object',
);

/** Where the document deviates from the schema, at the exact value; a missing key at its object. */
export function environmentDeviations(json: JsonText, file: RepoPath, root: Node): Finding[] {
  const result = environment.safeParse(plainValue(root));
  const issues = result.success ? [] : result.error.issues;
  return issues.slice(0, MOST).map(({ path, message }) => {
    const node = nodeAt(root, path);
    const around = nodeAt(root, path.slice(0, -1)) ?? root;
    return {
      code: 'environment-schema',
      // What a reader needs is judged by itself; this much it can pass over.
      severity: path.length === 0 ? 'error' : 'warning',
      field: nameOf(path),
      expected: message,
      place: { file, span: node === undefined ? json.opening(around) : json.span(node) },
    };
  });
}

/** `dictHostBinaries.listBinaries[0].sSha256`. */
function nameOf(path: readonly PropertyKey[]): string {
  const name = path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('');
  return name.replace(/^\./, '') || '(document)';
}
