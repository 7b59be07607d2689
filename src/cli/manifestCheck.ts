import path from 'node:path';
import { toRepoPath } from '../core/model/paths.js';
import type { RepoPath } from '../core/model/paths.js';
import type { Finding } from '../core/model/finding.js';
import { checkManifest } from '../core/verify/manifestCheck.js';
import type { CheckedPin, ManifestVerdict } from '../core/verify/manifestCheck.js';
import type { ProjectRef } from '../core/projects/ref.js';
import { manifestRoot } from '../core/projects/manifest.js';
import { VAIBIFY_MANIFEST } from '../core/projects/names.js';
import { absolutePath, existsFile } from '../core/system/files.js';
import type { Hasher } from '../core/system/hasher.js';
import { countsPhrase } from '../core/words/states.js';
import { chosenRefs, declaringFile, showProgress, someOf, withHasher } from './context.js';
import type { CommonOptions, Context } from './context.js';
import { EXIT, UnusableError } from './errors.js';
import type { Exit } from './errors.js';
import { digestsOf, entryLine, findingDocument, findingLine, shownPath } from './render.js';

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
  const drawing = { paint: context.terminal.paint, root: at.root };
  const entries: unknown[] = [];
  const verdict = await withHasher((hasher) =>
    runCheck({ ...at, hasher }, context, ({ pin, status }) => {
      if (context.terminal.json) {
        entries.push({ path: pin.path, status: status.kind, ...digestsOf(status) });
      } else if (status.kind !== 'verified') {
        context.terminal.say(entryLine(pin, status, drawing));
      }
    }),
  );
  const { total, counts, findings } = verdict;
  const problems = findings.filter(({ severity }) => severity === 'error');
  const strange = total === 0 && problems.length > 0;
  sayFindings(findings, at.root, { ...context, ...(strange ? { most: FEW } : {}) });
  context.terminal.say(summary(verdict, problems.length, shownPath(at.manifest)));
  context.terminal.document({
    manifest: at.file,
    total,
    verified: counts.verified,
    entries,
    problems: findings.map(findingDocument),
  });
  if (strange) throw new UnusableError(`${shownPath(at.manifest)}: ${strangeness(problems)}`);
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

/** Lines of a file that is no manifest: enough to see that it is none. */
const FEW = 3;

function strangeness(problems: readonly Finding[]): string {
  const lines = problems.filter((finding) => finding.code === 'manifest-malformed-line');
  return lines.length > 0 && lines.every(({ reason }) => reason === 'other-algorithm')
    ? 'holds digests of another algorithm than SHA-256, the only one that is checked here'
    : 'holds no well-formed entry; is it a SHA-256 manifest?';
}

/** Says what is wrong with the manifest itself; of `most` findings and how many more there are. */
export function sayFindings(
  findings: readonly Finding[],
  root: string,
  { terminal, most = Infinity }: Pick<Context, 'terminal'> & { readonly most?: number },
): void {
  const { say, paint } = terminal;
  for (const finding of findings.slice(0, most)) say(findingLine(finding, { paint, root }));
  if (findings.length > most) say(`... and ${findings.length - most} more`);
}

/** The manifest that is meant: the one that is named, the repository's own, or the only one found. */
async function locate(context: Context, given: string | undefined): Promise<ManifestAt> {
  if (given !== undefined) {
    const manifest = path.resolve(given);
    if (await existsFile(manifest)) return at(manifest, await manifestRoot(manifest));
    throw new UnusableError(`${manifest}: no such file`);
  }
  const own = path.join(context.repo, VAIBIFY_MANIFEST);
  if (context.project === undefined && (await existsFile(own))) {
    return at(own, await manifestRoot(own));
  }
  const found = new Map((await chosenRefs(context)).map((ref) => [manifestOf(ref), ref.root]));
  const [first, ...others] = found;
  if (first === undefined) {
    throw new UnusableError(
      `${own}: no such file, and no other SHA-256 manifest near it; name one with --manifest FILE`,
    );
  }
  if (others.length > 0) {
    throw new UnusableError(
      `${own}: no such file; name one of these with --manifest FILE: ${someOf([...found.keys()])}`,
    );
  }
  if (await existsFile(first[0])) return at(...first);
  throw new UnusableError(
    `${first[0]}: no such file; write one with "reprolens manifest write", or name one with --manifest FILE`,
  );
}

const manifestOf = (ref: ProjectRef): string =>
  ref.kind === 'vaibify' ? absolutePath(ref.root, VAIBIFY_MANIFEST) : declaringFile(ref);

function at(manifest: string, root: string): ManifestAt {
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
