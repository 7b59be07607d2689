import { STATES, total, weigh } from '../core/model/status.js';
import type { FileEntry, Snapshot } from '../core/model/snapshot.js';
import type { Finding } from '../core/model/finding.js';
import { look } from '../core/verify/look.js';
import { levelName } from '../core/words/levels.js';
import { sentence } from '../core/words/findings.js';
import { countsPhrase } from '../core/words/states.js';
import { printable } from '../core/words/printable.js';
import { chosenProjects, declaringFile, showProgress, withHasher } from './context.js';
import type { Context } from './context.js';
import { EXIT } from './errors.js';
import type { Exit } from './errors.js';
import { digestsOf, findingLine, shownPath } from './render.js';

/** Findings of one project that a person still reads. */
const MOST_TOLD = 200;

/** `status`: level, counts and blockers of every project found. */
export async function status(context: Context): Promise<Exit> {
  const projects = await chosenProjects(context);
  const snapshots = await withHasher((hasher) =>
    look(projects, {
      hasher,
      mode: 'read',
      followLinks: context.followLinks,
      signal: context.signal,
      onProgress: showProgress(context.terminal),
    }),
  );
  context.signal.throwIfAborted();
  snapshots.forEach((snapshot) => sayProject(snapshot, context));
  context.terminal.document({ projects: snapshots.map(projectDocument) });
  return snapshots.every(holds) ? EXIT.holds : EXIT.fails;
}

/** Everything declared is pinned and verified, and no document has an error. */
function holds({ counts, findings }: Snapshot): boolean {
  return weigh(counts) === 'good' && !findings.some(({ severity }) => severity === 'error');
}

function sayProject(snapshot: Snapshot, { terminal }: Context): void {
  const { project, counts, findings } = snapshot;
  const { say, paint } = terminal;
  const where = shownPath(declaringFile(project));
  say(`${printable(project.title)} (${where}, ${project.dialect})`);
  say(`  level   ${levelName(snapshot.level)}`);
  const phrase = total(counts) === 0 ? 'nothing is declared' : countsPhrase(counts);
  say(`  files   ${weigh(counts) === 'good' ? paint.good(phrase) : paint.bad(phrase)}`);
  const drawing = { paint, root: project.root };
  const told = oncePerFile(findings);
  for (const finding of told.slice(0, MOST_TOLD)) say(`  ${findingLine(finding, drawing)}`);
  if (told.length > MOST_TOLD) say(`  ... and ${told.length - MOST_TOLD} more; --json lists all`);
  say('');
}

/** An editor marks every place that declares a file; a list names the file once. */
function oncePerFile(findings: readonly Finding[]): Finding[] {
  const told = new Set<string>();
  return findings.filter((finding) => {
    if (finding.code !== 'file-state') return true;
    if (told.has(finding.path)) return false;
    told.add(finding.path);
    return true;
  });
}

function projectDocument(snapshot: Snapshot): unknown {
  const { project, level, counts, blockers, files } = snapshot;
  return {
    kind: project.kind,
    root: project.root,
    file: project.file,
    level: { value: level ?? null, name: levelName(level) },
    counts,
    blockers: [
      ...blockers.map(({ level: before, finding }) => ({ level: before, ...blocker(finding) })),
      ...files.filter(blocks).map((file) => ({ level: 3, ...fileBlocker(file) })),
    ],
    files: files.map(fileDocument),
  };
}

const blocks = ({ status: { kind } }: FileEntry): boolean => STATES[kind].weight !== 'good';

const blocker = (finding: Finding): object => ({
  code: finding.code,
  message: sentence(finding),
  ...(finding.place === undefined ? {} : { line: finding.place.span.start.line }),
});

function fileBlocker(file: FileEntry): object {
  const [declared] = file.declared;
  const place = declared?.place ?? file.pins[0]?.place;
  return {
    code: file.status.kind,
    message: sentence({
      code: 'file-state',
      severity: 'warning',
      path: file.path,
      status: file.status,
    }),
    ...(declared?.step === undefined ? {} : { step: declared.step }),
    path: file.path,
    ...(place === undefined ? {} : { line: place.span.start.line }),
  };
}

function fileDocument(file: FileEntry): unknown {
  const [declared] = file.declared;
  return {
    path: file.path,
    role: declared?.role ?? 'pinned',
    ...(declared?.step === undefined ? {} : { step: declared.step }),
    status: file.status.kind,
    ...digestsOf(file.status),
  };
}
