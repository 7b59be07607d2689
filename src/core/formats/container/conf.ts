import type { Finding } from '../../model/finding.js';
import type { ContainerField } from '../../model/findings/config.js';
import type { RepoPath } from '../../model/paths.js';
import { lineSpan } from '../../model/span.js';
import { ConfigFindings, tooLarge, withoutMark } from './findings.js';
import { checkRepositories } from './repositories.js';
import type { Placed, Repository } from './repositories.js';

/** The largest `container.conf` that is read, in UTF-16 units. */
export const MOST_CONTAINER_CONF = 256 << 10;
/** Repositories that are kept; nobody clones that many. */
const MOST_REPOSITORIES = 10_000;

/** The fields of a line, in their order. */
export const CONTAINER_FIELDS: readonly ContainerField[] = [
  'name',
  'url',
  'branch',
  'method',
  'destination',
];

/** What a `container.conf` says. */
export interface ContainerConf {
  readonly repositories: readonly Repository[];
  readonly findings: readonly Finding[];
}

/**
 * Reads `name|url|branch|method[|destination]` a line; empty lines and lines that begin with `#` are
 * left out, and there are no comments behind a line (docs/container-files.md, section 3). Never throws.
 */
export function parseContainerConf(text: string, file: RepoPath): ContainerConf {
  if (text.length > MOST_CONTAINER_CONF) {
    return { repositories: [], findings: tooLarge(file, MOST_CONTAINER_CONF) };
  }
  const findings = new ConfigFindings(file);
  const repositories: Repository[] = [];
  withoutMark(text)
    .split(/\r\n|\n|\r/)
    .forEach((line, index) => {
      const repository = readLine(line, index + 1, findings);
      if (repository !== undefined && repositories.length < MOST_REPOSITORIES) {
        repositories.push(repository);
      }
    });
  checkRepositories(repositories, findings);
  const times = text.split('\r\n').length - 1;
  if (times > 0) findings.add('warning', { code: 'container-conf-crlf', times });
  return { repositories, findings: findings.all() };
}

/** The fields of a line with the columns that they stand on, their blanks left out. */
export function fieldsOf(line: string, number: number): Placed[] {
  let column = 1;
  return line.split('|').map((raw) => {
    const text = raw.trim();
    const start = column + (text === '' ? 0 : raw.length - raw.trimStart().length);
    column += raw.length + 1;
    return { text, span: lineSpan(number, start, start + text.length) };
  });
}

function readLine(line: string, number: number, findings: ConfigFindings): Repository | undefined {
  const content = line.trim();
  if (content === '' || content.startsWith('#')) return undefined;
  const indent = line.length - line.trimStart().length;
  const span = lineSpan(number, indent + 1, indent + 1 + content.length);
  const fields = fieldsOf(line, number);
  const [name, url, ref, method, destination] = fields;
  if (fields.length < 4 || fields.length > 5) {
    const count = fields.length;
    findings.add('error', { code: 'repository-fields', count }, span);
    return undefined;
  }
  noteBlanks(line, fields, findings);
  return {
    ...(name === undefined ? {} : { name }),
    ...(url === undefined ? {} : { url }),
    ...(ref === undefined ? {} : { ref }),
    ...(method === undefined ? {} : { method }),
    // An empty fifth field is none.
    ...(destination === undefined || destination.text === '' ? {} : { destination }),
    span,
  };
}

/** The program that reads the file inside the container takes no blanks away. */
function noteBlanks(line: string, fields: readonly Placed[], findings: ConfigFindings): void {
  line.split('|').forEach((raw, index) => {
    const placed = fields[index];
    const field = CONTAINER_FIELDS[index];
    if (placed === undefined || field === undefined || raw === placed.text) return;
    findings.add('warning', { code: 'container-conf-blank', field }, placed.span);
  });
}
