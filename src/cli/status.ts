import { codeOf } from '../core/model/finding.js';
import { STATES, total, weigh } from '../core/model/status.js';
import type { Blocker, FileEntry, Snapshot } from '../core/model/snapshot.js';
import type { Finding } from '../core/model/finding.js';
import { now } from '../core/system/clock.js';
import { look } from '../core/verify/look.js';
import { outlookOf } from '../core/verify/level.js';
import { buildTitle } from '../core/words/build.js';
import { levelName, projectLevel } from '../core/words/levels.js';
import { adviceMark, promises, whatIf, whyNot } from '../core/words/whyNot.js';
import { sentence } from '../core/words/findings.js';
import { countsPhrase } from '../core/words/states.js';
import { printable } from '../core/words/printable.js';
import { chosenProjects, declaringFile, showProgress, withHasher } from './context.js';
import type { Context } from './context.js';
import { EXIT } from './errors.js';
import type { Exit } from './errors.js';
import { digestsOf, findingLine, shownPath } from './render.js';
import type { Drawing } from './render.js';

/** Findings of one project that a person still reads. */
const MOST_TOLD = 200;

/** `status`: level, counts and blockers of every project found. */
export async function status(context: Context): Promise<Exit> {
  const projects = await chosenProjects(context, { plans: [] });
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

/**
 * Everything declared is pinned and verified, and neither pipeline nor manifest has an error. What the
 * evidence beyond them lacks is the level's business, and that of `verify`.
 */
function holds({ project, counts, findings, build }: Snapshot): boolean {
  const own = [undefined, project.file, project.manifest.file];
  const isError = ({ severity, place }: Finding): boolean =>
    severity === 'error' && own.includes(place?.file);
  // Whether a plan can be built again is for `rebuild` to say: here its text is judged.
  const good = project.kind === 'plan' ? build !== undefined : weigh(counts) === 'good';
  return good && !findings.some(isError);
}

function sayProject(snapshot: Snapshot, context: Context): void {
  const { terminal } = context;
  const { project, counts, findings, build } = snapshot;
  const { say, paint } = terminal;
  const where = shownPath(declaringFile(project));
  say(`${printable(project.title)} (${where}, ${project.dialect})`);
  say(`  level   ${projectLevel(snapshot)}`);
  const phrase = total(counts) === 0 ? 'nothing is declared' : countsPhrase(counts);
  if (project.build !== undefined && build !== undefined) {
    say(`  build   ${buildTitle(project.build, build, now())}`);
  } else say(`  files   ${weigh(counts) === 'good' ? paint.good(phrase) : paint.bad(phrase)}`);
  const drawing = { paint, root: project.root };
  sayLevel(snapshot, context, drawing);
  const blocking = new Set(snapshot.blockers.map(({ finding }) => finding));
  const told = oncePerFile(findings.filter((finding) => !blocking.has(finding)));
  for (const finding of told.slice(0, MOST_TOLD)) say(`  ${findingLine(finding, drawing)}`);
  if (told.length > MOST_TOLD) say(`  ... and ${told.length - MOST_TOLD} more; --json lists all`);
  say('');
}

/** Per level what stands before it, then what the work is worth. */
function sayLevel({ level, blockers }: Snapshot, { terminal }: Context, drawing: Drawing): void {
  for (const each of [1, 2, 3] as const) {
    const mine = blockers.filter((blocker) => blocker.level === each);
    const holding = mine.filter(({ advisory }) => advisory !== true).length;
    if (holding > 0) terminal.say(`  ${whyNot(each, holding)}`);
    for (const blocker of mine.slice(0, MOST_TOLD)) {
      terminal.say(`    ${blockerLine(blocker, drawing)}`);
    }
    if (mine.length > MOST_TOLD) terminal.say(`    ... and ${mine.length - MOST_TOLD} more`);
  }
  for (const outlook of promises(outlookOf({ level, blockers }))) {
    terminal.say(`  ${whatIf(outlook)}`);
  }
}

function blockerLine({ finding, advisory }: Blocker, drawing: Drawing): string {
  const advice = advisory === true ? ` ${adviceMark()}` : '';
  return `${findingLine(finding, drawing)}${advice}`;
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
      ...blockers.map(blockerDocument),
      ...files.filter(blocks).map((file) => ({ level: 3, ...fileBlocker(file) })),
    ],
    files: files.map(fileDocument),
  };
}

const blocks = ({ status: { kind } }: FileEntry): boolean => STATES[kind].weight !== 'good';

function blockerDocument({ level, finding, step, remedy, advisory }: Blocker): object {
  return {
    level,
    code: codeOf(finding),
    message: sentence(finding),
    ...(step === undefined ? {} : { step }),
    ...(finding.place === undefined
      ? {}
      : { path: finding.place.file, line: finding.place.span.start.line }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(advisory === undefined ? {} : { advisory }),
  };
}

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
