import type { Finding } from '../../../src/core/model/finding.js';
import type { RepoPath } from '../../../src/core/model/paths.js';

export const CONF = 'container.conf' as RepoPath;
export const YML = 'vaibify.yml' as RepoPath;

/** The text of a document that a span covers; lines are joined with LF. */
export function textAt(text: string, { place }: Finding): string {
  if (place === undefined) return '(no place)';
  const { start, end } = place.span;
  const lines = text.split(/\r\n|\n|\r/).slice(start.line - 1, end.line);
  if (lines.length === 0) return '(no such line)';
  const last = lines.length - 1;
  lines[last] = lines[last]!.slice(0, end.column - 1);
  lines[0] = lines[0]!.slice(start.column - 1);
  return lines.join('\n');
}

/** `severity code: the text that it stands on`, one a finding; notes are left out when asked. */
export const told = (
  text: string,
  findings: readonly Finding[],
  options: { readonly notes?: boolean } = {},
): string[] =>
  findings
    .filter(({ severity }) => options.notes !== false || severity !== 'info')
    .map((finding) => `${finding.severity} ${finding.code}: ${textAt(text, finding)}`);
