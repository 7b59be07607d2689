/** What pip says when it refuses, as data. Wordings of pip 22.2 to 26; the tests run the real one. */
import { redacted } from '../formats/lock/redact.js';
import { normalName } from '../formats/lock/requirement.js';
import type { Lock, LockEntry } from '../model/envelope.js';
import { parseSha256 } from '../model/digest.js';
import type { Finding } from '../model/finding.js';
import type { LockFinding } from '../model/findings/lock.js';

/** What a failed run of pip means for a lock. */
export type Refusal =
  /** The lock does not hold. */
  | { readonly kind: 'fails'; readonly findings: readonly Finding[] }
  /** An index that was needed did not answer, or not with packages. */
  | { readonly kind: 'unreachable' }
  /** It says nothing about the lock. */
  | { readonly kind: 'unknown'; readonly findings: readonly Finding[] };

/** Lines of pip's detailed log that decide what a failure means. */
const TELLING = [
  /^Could not fetch URL /,
  /Retrying \(Retry\(total=/,
  /is not a trusted or secure host and is being ignored/,
  /Skipping link: No sources permitted/,
  /Skipping link: none of the wheel's tags/,
  /Link requires a different Python/,
];
const MOST_LINES = 500;

/** Picks the telling lines out of a log that may be long; feed it pieces as they come. */
export class PipLog {
  readonly lines: string[] = [];
  readonly #rest = { stdout: '', stderr: '' };

  readonly take = (text: string, stream: 'stdout' | 'stderr'): void => {
    const parts = (this.#rest[stream] + text).split(/\r?\n/);
    this.#rest[stream] = (parts.pop() ?? '').slice(-8192);
    for (const part of parts) {
      const line = part.trim().slice(0, 2000);
      if (this.lines.length < MOST_LINES && TELLING.some((telling) => telling.test(line))) {
        this.lines.push(line);
      }
    }
  };

  /** Whether an index could not be asked; one that answers "no such project" could. */
  get unreachable(): boolean {
    return this.lines.some(
      (line) =>
        /Retrying|not a trusted/.test(line) ||
        (line.startsWith('Could not fetch URL') && !/: 4(?:04|10) Client Error/.test(line)),
    );
  }

  /** Whether a line of the kind speaks of a file of this project. */
  skipped(kind: RegExp, name: string): boolean {
    const spelled = name.replaceAll('-', '[-_.]+');
    const file = new RegExp(`(?:^|[/ ])${spelled}(?:[-:. ]|$)`, 'i');
    return this.lines.some((line) => kind.test(line) && file.test(line));
  }
}

const NETWORK =
  /Max retries exceeded|NewConnectionError|ConnectTimeout|ReadTimeout|NameResolutionError|ProxyError|SSLError|Connection(?:Reset|Refused|Aborted)|Connection (?:reset|refused|aborted|broken)|IncompleteRead|IncompleteDownload|RemoteDisconnected|getaddrinfo failed|Network is unreachable/;

/** Reads what a run of pip that failed has said. */
export function readRefusal(stderr: string, log: PipLog, lock: Lock): Refusal {
  const place = placer(lock);
  const certain = [...hashMismatches(stderr), ...unpinnedDependencies(stderr)];
  if (certain.length > 0) return fails(certain, place);
  if (isUnreachable(stderr, log)) return { kind: 'unreachable' };
  const missing =
    /Could not install requirement (\S+)/.exec(stderr) ??
    /No matching distribution found for (\S+)/.exec(stderr);
  if (missing?.[1] !== undefined) return absent(missing[1], log, place);
  const said: LockFinding = { code: 'lock-resolver', message: redacted(lastError(stderr)) };
  const aboutLock = /conflict|ResolutionImpossible|[Ii]nvalid requirement|inconsistent/;
  if (aboutLock.test(stderr)) return fails([said], place);
  return { kind: 'unknown', findings: [{ ...said, severity: 'error' }] };
}

/** A file that is gone is an answer; any other failure of the network is none. */
function isUnreachable(stderr: string, log: PipLog): boolean {
  const status = /HTTP error (\d+) while getting/.exec(stderr)?.[1];
  if (status !== undefined) return status !== '404' && status !== '410';
  return NETWORK.test(stderr) || log.unreachable;
}

type Placer = (name: string) => Pick<Finding, 'place'>;

/** Where the lock names a package; a name that it does not have has no place. */
function placer(lock: Lock): Placer {
  const entries = new Map<string, LockEntry>(lock.entries.map((entry) => [entry.name, entry]));
  return (name) => {
    const place = entries.get(normalName(name))?.place;
    return place === undefined ? {} : { place };
  };
}

const fails = (said: readonly LockFinding[], place: Placer): Refusal => ({
  kind: 'fails',
  findings: said.map((data) => ({
    ...data,
    severity: 'error' as const,
    ...('name' in data ? place(data.name) : {}),
  })),
});

/** The project that a requirement is about: `a[b]==1.0` is about `a`. */
const nameOf = (requirement: string): string => {
  const file = /^[a-z+]+:\/\/\S*\/([^/#\s]+)/i.exec(requirement)?.[1];
  return normalName(
    /^[A-Za-z0-9._-]+/.exec(file?.split('-')[0] ?? requirement)?.[0] ?? requirement,
  );
};

function hashMismatches(stderr: string): LockFinding[] {
  const start = stderr.indexOf('DO NOT MATCH THE HASHES');
  if (start < 0) return [];
  const found: LockFinding[] = [];
  let name = '';
  let expected: string[] = [];
  for (const line of stderr.slice(start).split(/\r?\n/).slice(1)) {
    const wanted = /^\s+Expected\s+\S+\s+([0-9a-f]{16,})/.exec(line)?.[1];
    const actual = /^\s+Got\s+([0-9a-f]{16,})/.exec(line)?.[1];
    if (wanted !== undefined) expected.push(wanted);
    else if (actual !== undefined) {
      const digests = expected.flatMap((text) => parseSha256(text) ?? []);
      found.push({ code: 'lock-hash-mismatch', name, expected: digests, actual });
      expected = [];
    } else if (/^ {4}\S/.test(line)) name = nameOf(line.trim());
  }
  return found;
}

/** A dependency of a pinned package that the lock lacks, or that it names without a hash. */
function unpinnedDependencies(stderr: string): LockFinding[] {
  const start =
    /all requirements must have their versions pinned with ==|Hashes are required in --require-hashes mode/.exec(
      stderr,
    );
  if (start === null) return [];
  const lines = stderr.slice(start.index).split(/\r?\n/).slice(1);
  const end = lines.findIndex((line) => !line.startsWith('    '));
  return (end < 0 ? lines : lines.slice(0, end)).map((line) => {
    const by = /\(from (\S+?)->/.exec(line)?.[1];
    const requiredBy = by === undefined ? {} : { requiredBy: by };
    return { code: 'lock-dependency-missing', name: nameOf(line.trim()), ...requiredBy };
  });
}

/** Nothing could be had: because it is gone, or because what is there was not to be taken. */
function absent(requirement: string, log: PipLog, place: Placer): Refusal {
  const name = nameOf(requirement);
  const data = { name, severity: 'error' as const, ...place(name) };
  if (log.skipped(/No sources permitted/, name)) {
    return { kind: 'unknown', findings: [{ code: 'lock-needs-build', ...data }] };
  }
  const unfit = log.skipped(/none of the wheel's tags|requires a different Python/, name);
  const code = unfit ? 'lock-not-installable' : 'lock-distribution-missing';
  return { kind: 'fails', findings: [{ code, ...data }] };
}

/** The first line that pip calls an error; its last words where there is none. */
function lastError(stderr: string): string {
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== '');
  const error = lines.find((line) => /^\s*(?:ERROR|error):/.test(line)) ?? lines.at(-1) ?? '';
  return error.replace(/^\s*(?:ERROR|error):\s*/, '').slice(0, 500);
}
