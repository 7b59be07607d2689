import * as z from 'zod/mini';
import { normalName } from '../formats/lock/requirement.js';
import { isPinned } from '../formats/lock/version.js';
import type { Lock } from '../model/envelope.js';
import { parseSha256 } from '../model/digest.js';
import type { Sha256 } from '../model/digest.js';
import type { Finding } from '../model/finding.js';

/** One archive that pip chose, from its installation report. */
export interface Chosen {
  readonly name: string;
  readonly version: string;
  /** The address without credentials is for people only; this one may hold some. */
  readonly url: string;
  /** Absent where neither the index nor pip says it. */
  readonly digest?: Sha256;
  /** What it was fetched from, when that is no archive. */
  readonly source?: 'local' | 'version-control';
  /** Whether the user's input names its address. */
  readonly direct: boolean;
}

/** https://pip.pypa.io/en/stable/reference/installation-report/ */
const Report = z.object({
  install: z.array(
    z.object({
      is_direct: z.optional(z.boolean()),
      metadata: z.object({ name: z.string(), version: z.string() }),
      download_info: z.object({
        url: z.string(),
        vcs_info: z.optional(z.unknown()),
        dir_info: z.optional(z.unknown()),
        archive_info: z.optional(
          z.object({ hashes: z.optional(z.record(z.string(), z.string())) }),
        ),
      }),
    }),
  ),
});

/** Reads an installation report; `undefined` when it is none. */
export function readReport(text: string): Chosen[] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = Report.safeParse(document);
  if (!parsed.success) return undefined;
  return parsed.data.install.map(({ metadata, download_info: info, is_direct }) => {
    const digest = parseSha256(info.archive_info?.hashes?.['sha256'] ?? '');
    const source = info.vcs_info === undefined ? 'local' : 'version-control';
    return {
      name: normalName(metadata.name),
      version: metadata.version,
      url: info.url,
      direct: is_direct === true,
      ...(digest === undefined ? {} : { digest }),
      ...(info.archive_info === undefined ? { source } : {}),
    };
  });
}

/** What a resolved lock comes to, counted in its requirements. */
export interface Resolved {
  /** Requirements that apply to this machine. */
  readonly total: number;
  readonly verified: number;
  readonly findings: readonly Finding[];
}

/**
 * Holds the report against the lock once more: whatever pip chose must be pinned with that hash, and
 * a requirement that it left out was not checked.
 */
export function compareReport(lock: Lock, chosen: readonly Chosen[]): Resolved {
  const byName = new Map(chosen.map((each) => [each.name, each]));
  const findings: Finding[] = [];
  let [total, verified] = [0, 0];
  for (const { name, version, marker, digests, place } of lock.entries) {
    const got = byName.get(name);
    const applies = got !== undefined && (version === undefined || isPinned(got.version, version));
    if (!applies && marker !== undefined) {
      findings.push({ code: 'lock-not-applicable', severity: 'info', name, marker, place });
      continue;
    }
    total += 1;
    if (applies && got.digest !== undefined && digests.includes(got.digest)) verified += 1;
  }
  return { total, verified, findings };
}
