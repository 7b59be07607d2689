import { parseContainerConf } from '../formats/container/conf.js';
import { parseDockerfile } from '../formats/dockerfile/dockerfile.js';
import { parseVaibifyConfig } from '../formats/vaibify/config.js';
import { decodeText, encodeText, isUtf8 } from '../model/bytes.js';
import type { Sha256 } from '../model/digest.js';
import type { Dockerfile } from '../model/envelope.js';
import type { Finding } from '../model/finding.js';
import type { RepoPath } from '../model/paths.js';
import { absolutePath, FileError, sha256 } from '../system/files.js';
import { readInside } from '../system/inside.js';
import { reasonOf, startOf } from './evidence.js';
import { CONTAINER_FILES } from './names.js';
import type { ReadOptions } from './evidence.js';

/** What the files that describe a container say. */
export interface ContainerConfig {
  /** With findings of its own. */
  readonly dockerfile?: Dockerfile;
  /** Those of `container.conf` and `vaibify.yml`, and of what could not be read. */
  readonly findings: readonly Finding[];
}

/** The largest of them that is opened, in bytes; the readers of the text refuse earlier. */
const MOST_BYTES = 4 << 20;

/**
 * Reads `Dockerfile`, `container.conf` and `vaibify.yml` at a project's root, as far as they exist.
 * No link is followed out of the root. Never throws: what cannot be read is a finding.
 */
export async function readConfig(
  root: string,
  options: ReadOptions = {},
): Promise<ContainerConfig> {
  const dockerfile = await readText(root, CONTAINER_FILES.dockerfile, options);
  const conf = await readText(root, CONTAINER_FILES.repositories, options);
  const findings: Finding[] = [...dockerfile.findings, ...conf.findings];
  const { repositories: file } = CONTAINER_FILES;
  const repositories = conf.source && parseContainerConf(conf.source.text, file);
  findings.push(...(repositories?.findings ?? []));
  for (const settings of CONTAINER_FILES.settings) {
    const read = await readText(root, settings, options);
    findings.push(...read.findings);
    if (read.source === undefined) continue;
    const parsed = parseVaibifyConfig(read.source.text, settings);
    findings.push(...parsed.findings);
    const lists = [repositories?.repositories ?? [], parsed.repositories];
    if (lists.every((list) => list.length > 0)) findings.push(bothLists(settings));
  }
  if (dockerfile.source === undefined) return { findings };
  const { text, digest } = dockerfile.source;
  return { dockerfile: parseDockerfile(text, CONTAINER_FILES.dockerfile, digest), findings };
}

const bothLists = (other: RepoPath): Finding => ({
  code: 'container-conf-both',
  severity: 'info',
  other,
  place: startOf(CONTAINER_FILES.repositories),
});

interface Read {
  /** Absent when there is no such file, or when it cannot be read. */
  readonly source?: { readonly text: string; readonly digest: Sha256 };
  readonly findings: readonly Finding[];
}

async function readText(root: string, file: RepoPath, { overlay }: ReadOptions): Promise<Read> {
  const open = overlay?.(absolutePath(root, file));
  if (open !== undefined) {
    return { source: { text: open, digest: sha256(encodeText(open)) }, findings: [] };
  }
  try {
    const bytes = await readInside(root, file, { limit: MOST_BYTES });
    if (bytes === undefined) return { findings: [] };
    const text = decodeText(bytes);
    const source = { text, digest: sha256(bytes) };
    const odd: Finding = { code: 'not-utf8', severity: 'warning', place: startOf(file) };
    return { source, findings: isUtf8(text) ? [] : [odd] };
  } catch (error) {
    return { findings: [unreadable(file, error)] };
  }
}

function unreadable(file: RepoPath, error: unknown): Finding {
  const place = startOf(file);
  return error instanceof FileError && error.code === 'too-large'
    ? { code: 'config-too-large', severity: 'error', limit: MOST_BYTES, place }
    : { code: 'config-unreadable', severity: 'error', reason: reasonOf(error), place };
}
