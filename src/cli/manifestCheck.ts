import path from 'node:path';
import { toRepoPath } from '../core/model/paths.js';
import type { RepoPath } from '../core/model/paths.js';
import type { Finding } from '../core/model/finding.js';
import { checkManifest } from '../core/verify/manifestCheck.js';
import type { CheckedPin, ManifestVerdict } from '../core/verify/manifestCheck.js';
import { manifestRoot } from '../core/projects/manifest.js';
import { existsFile } from '../core/system/files.js';
import type { Hasher } from '../core/system/hasher.js';
import { countsPhrase } from '../core/words/states.js';
import { showProgress, withHasher } from './context.js';
import type { CommonOptions, Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { digestsOf, entryLine, findingDocument, findingLine } from './render.js';

interface ManifestOptions extends CommonOptions {
  readonly manifest?: string;
}

/** A manifest and the directory that its names are relative to. */
export interface ManifestAt {
  readonly root: string;
  readonly manifest: string;
  readonly file: RepoPath;
}

/** `manifest check`: re-hashes every entry and says which do not hold. */
export async function manifestCheck(context: Context, options: ManifestOptions): Promise<Exit> {
  const at = await locate(context, options.manifest);
  const entries: unknown[] = [];
  const verdict = await withHasher((hasher) =>
    runCheck({ ...at, hasher }, context, ({ pin, status }) => {
      if (context.terminal.json) {
        entries.push({ path: pin.path, status: status.kind, ...digestsOf(status) });
      } else if (status.kind !== 'verified') {
        context.terminal.say(entryLine(pin, status, context.terminal.paint));
      }
    }),
  );
  const { total, counts, findings } = verdict;
  const problems = findings.filter(({ severity }) => severity === 'error');
  sayFindings(findings, context);
  context.terminal.say(summary(verdict, problems.length, at.file));
  context.terminal.document({
    manifest: at.file,
    total,
    verified: counts.verified,
    entries,
    problems: findings.map(findingDocument),
  });
  if (total === 0 && problems.length > 0) {
    throw new UnusableError(`${at.file}: holds no well-formed entry; is it a SHA-256 manifest?`);
  }
  return total > 0 && counts.verified === total && problems.length === 0 ? EXIT.holds : EXIT.fails;
}

/**
 * Runs a check to its end, hands every entry on, and returns the verdict.
 * @throws `AbortError` when the user interrupts: what was seen until then is no verdict.
 */
export async function runCheck(
  at: ManifestAt & { readonly hasher: Hasher },
  { terminal, followLinks, signal }: Context,
  each: (checked: CheckedPin) => void,
): Promise<ManifestVerdict> {
  const check = checkManifest({ ...at, followLinks, signal, onProgress: showProgress(terminal) });
  for (;;) {
    const { done, value } = await check.next();
    signal.throwIfAborted();
    if (done === true) return value;
    value.forEach(each);
  }
}

/** Says what is wrong with the manifest itself. */
export function sayFindings(findings: readonly Finding[], { terminal }: Context): void {
  for (const finding of findings) terminal.say(findingLine(finding, terminal.paint));
}

async function locate({ repo }: Context, given: string | undefined): Promise<ManifestAt> {
  const manifest = given === undefined ? path.join(repo, 'MANIFEST.sha256') : path.resolve(given);
  if (!(await existsFile(manifest))) {
    throw new UnusableError(
      given === undefined
        ? `${manifest}: no such file; write one with "reprolens manifest write", or name one with --manifest FILE`
        : `${manifest}: no such file`,
    );
  }
  const root = given === undefined ? repo : await manifestRoot(manifest);
  const file = toRepoPath(path.relative(root, manifest).split(path.sep).join('/'));
  if (!file.ok) throw new UnusableError(`${manifest}: lies outside ${root}`);
  return { root, manifest, file: file.path };
}

function summary({ total, counts }: ManifestVerdict, problems: number, file: string): string {
  const parts = [total === 0 ? 'no entries' : countsPhrase(counts)];
  if (problems > 0)
    parts.push(`${problems} ${problems === 1 ? 'problem' : 'problems'} in the manifest`);
  return `${file}: ${counts.verified}/${total} verified (${parts.join(', ')})`;
}
