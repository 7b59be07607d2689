/**
 * What makes the list of repositories in `container.conf` or `vaibify.yml` refused, or not fix what
 * is cloned (docs/container-files.md, section 3).
 */
import type { NameProblem, RefProblem, UrlProblem } from '../../model/findings/config.js';
import { toRepoPath } from '../../model/paths.js';
import type { Span } from '../../model/span.js';
import type { ConfigFindings } from './findings.js';
import { nearest } from '../nearest.js';

/** How a cloned repository is installed. */
export const METHODS: readonly string[] = [
  'c_and_pip',
  'pip_no_deps',
  'pip_editable',
  'scripts_only',
  'reference',
];

/** A text, and where it stands. */
export interface Placed {
  readonly text: string;
  readonly span: Span;
}

/** One repository that is cloned into the container. What is absent is not given. */
export interface Repository {
  readonly name?: Placed;
  readonly url?: Placed;
  /** A tag, a commit or a branch. */
  readonly ref?: Placed;
  readonly method?: Placed;
  readonly destination?: Placed;
  /** The whole declaration. */
  readonly span: Span;
}

/** Checks repositories by themselves and against each other. */
export function checkRepositories(list: readonly Repository[], findings: ConfigFindings): void {
  for (const repository of list) checkOne(repository, findings);
  checkNames(list, findings);
  checkDestinations(list, findings);
  // One note for the whole list: a commit is the best that can be written.
  const commits = list.filter(({ ref }) => ref !== undefined && isCommit(ref.text));
  const [first] = commits;
  if (first?.ref === undefined) return;
  findings.add('info', { code: 'repository-commits', times: commits.length }, first.ref.span);
}

function checkOne(repository: Repository, findings: ConfigFindings): void {
  checkName(repository, findings);
  checkUrl(repository, findings);
  checkRef(repository, findings);
  checkMethod(repository, findings);
  checkFolder(repository, findings);
}

function checkName({ name }: Repository, findings: ConfigFindings): void {
  const problem = name === undefined ? undefined : nameProblem(name.text);
  if (name === undefined || problem === undefined) return;
  findings.add('error', { code: 'repository-name', problem, name: name.text }, name.span);
}

function checkUrl({ url }: Repository, findings: ConfigFindings): void {
  const problem = url === undefined ? undefined : urlProblem(url.text);
  if (url === undefined || problem === undefined) return;
  const severity = problem === 'credentials' ? 'warning' : 'error';
  findings.add(severity, { code: 'repository-url', problem }, url.span);
}

function checkRef({ ref, span }: Repository, findings: ConfigFindings): void {
  const { text } = ref ?? { text: '' };
  const problem = refProblem(text);
  if (problem === undefined) return;
  const severity = problem === 'unclear' ? 'info' : 'warning';
  findings.add(severity, { code: 'repository-ref', problem, ref: text }, ref?.span ?? span);
}

function checkMethod({ method }: Repository, findings: ConfigFindings): void {
  if (method === undefined || METHODS.includes(method.text)) return;
  const suggestion = nearest(method.text, METHODS);
  const data = { code: 'repository-method', method: method.text } as const;
  const found = suggestion === undefined ? data : { ...data, suggestion };
  findings.add('error', found, method.span);
}

function checkFolder({ destination }: Repository, findings: ConfigFindings): void {
  const path = toRepoPath(destination?.text ?? '.');
  if (destination === undefined || path.ok || path.problem !== 'escapes') return;
  const data = { code: 'repository-destination', destination: destination.text } as const;
  findings.add('error', data, destination.span);
}

const COMMIT = /^[0-9a-f]{7,40}$/;
const isCommit = (ref: string): boolean => COMMIT.test(ref) && !/^\d{1,14}$/.test(ref);

/** Branches by common names, and by the prefixes of common ways of work. */
const BRANCH =
  /^(?:main|master|develop|development|dev|trunk|head|default|stable|latest|next|gh-pages|staging|production|nightly|refs\/heads\/.*|origin\/.*|(?:feature|feat|bugfix|fix|hotfix|release|user|users|topic|wip)\/.*)$/i;
/** A version, by itself or at the end of a name: `v1.2.3`, `1.2`, `release-2.0rc1`, `20240101`. */
const TAG = /(?:^|[-_/])v?\d+(?:[._]\d+)+[A-Za-z0-9.+_-]*$|^(?:refs\/tags\/.+|v\d+|\d+)$/i;

/**
 * Why a reference does not fix what is cloned; `undefined` for a tag and for a whole commit. The text
 * alone cannot tell a tag from a branch: what looks like neither is `unclear`.
 */
export function refProblem(ref: string): RefProblem | undefined {
  if (ref === '') return 'empty';
  if (ref.length > 250) return 'unclear';
  if (BRANCH.test(ref)) return 'branch';
  if (isCommit(ref)) return ref.length === 40 ? undefined : 'short';
  if (/^[0-9A-F]{40}$/.test(ref)) return 'upper-case';
  return TAG.test(ref) ? undefined : 'unclear';
}

const SCHEME = /^(?:https?|git|ssh):\/\/[^/]+\/./i;
/** `user@host:path`. One letter before the colon is a drive of Windows; `ext::` runs a command. */
const SCP = /^(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9.-]{2,}:(?!\/\/|:)./;
const SHELL = /[\s"'`$&;|<>(){}\\*?![\]#]|\p{Cc}/u;
/** A user name is none for ssh; for http it is a token, or comes with a password. */
const CREDENTIALS = /^(?:https?:\/\/(?!git@)[^/@]+@|[a-z]+:\/\/[^/@:]*:[^/@]+@)/i;

/** Why an address is refused, or should not stand in a shared file. */
export function urlProblem(url: string): UrlProblem | undefined {
  if (url === '') return 'empty';
  if (url.startsWith('-')) return 'option';
  if (SHELL.test(url)) return 'characters';
  if (!SCHEME.test(url) && !SCP.test(url)) return 'form';
  return CREDENTIALS.test(url) ? 'credentials' : undefined;
}

const RESERVED: ReadonlySet<string> = new Set(['.git', '.vaibify']);

function nameProblem(name: string): NameProblem | undefined {
  if (name === '') return 'empty';
  if (RESERVED.has(name.toLowerCase())) return 'reserved';
  if (name.startsWith('-')) return 'option';
  return /[/\\]|^\.{1,2}$/.test(name) ? 'path' : undefined;
}

function checkNames(list: readonly Repository[], findings: ConfigFindings): void {
  const first = new Map<string, number>();
  for (const { name } of list) {
    if (name === undefined || name.text === '') continue;
    const key = name.text.toLowerCase();
    const firstLine = first.get(key);
    if (firstLine === undefined) {
      first.set(key, name.span.start.line);
      continue;
    }
    const data = { code: 'repository-duplicate', what: 'name', value: name.text } as const;
    findings.add('error', { ...data, firstLine }, name.span);
  }
}

/** Folders that are one another, or lie in one another. Without one the name is the folder. */
function checkDestinations(list: readonly Repository[], findings: ConfigFindings): void {
  const taken = new Map<string, { readonly line: number; readonly own: boolean }>();
  for (const { name, destination } of list) {
    const placed = destination ?? name;
    const path = toRepoPath(placed?.text ?? '');
    if (placed === undefined || !path.ok) continue;
    const above = prefixes(path.path);
    const other =
      taken.get(path.path) ?? above.map((each) => taken.get(each)).find((one) => one?.own);
    // Two repositories of one name and no folder were told already.
    if (other !== undefined && destination !== undefined) {
      const data = { code: 'repository-duplicate', what: 'destination' } as const;
      const value = { value: placed.text, firstLine: other.line };
      findings.add('error', { ...data, ...value }, placed.span);
    }
    const { line } = placed.span.start;
    taken.set(path.path, { line, own: true });
    for (const each of above) if (!taken.has(each)) taken.set(each, { line, own: false });
  }
}

/** Folders around a folder that are looked at. */
const DEEPEST = 20;

function prefixes(path: string): string[] {
  const parts = path.split('/').slice(0, DEEPEST);
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
