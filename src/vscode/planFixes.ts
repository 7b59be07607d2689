/** Quick fixes of the lint: edits in plans, and in the scripts and Dockerfiles that they run. */
import * as vscode from 'vscode';
import type { Finding } from '../core/model/finding.js';
import { isComplete } from '../core/model/fix.js';
import type { TextEdit } from '../core/model/fix.js';
import { editsOfAll, fixesIn, isWithin } from '../core/lint/fixes.js';
import type { LintFix } from '../core/lint/fixes.js';
import type { Project } from '../core/model/project.js';
import type { RepoPath } from '../core/model/paths.js';
import type { Span } from '../core/model/span.js';
import { fixFileTitle, fixStepTitle, fixTitle } from '../core/words/planFixes.js';
import type { Model } from './model.js';
import { pathInside, rangeOf } from './places.js';

/**
 * All fixes of a file. Not below `source.fixAll`: other options make other bytes, and nobody who has
 * formatters run on saving has asked for an artifact with another digest.
 */
const FIX_FILE = vscode.CodeActionKind.Source.append('reprolens.fixNondeterminism');
const { QuickFix } = vscode.CodeActionKind;

/** Fixes of what the lint finds, one by one, for a whole step and for a whole file. */
export function registerPlanFixes(model: Model): vscode.Disposable {
  const provider: vscode.CodeActionProvider = {
    provideCodeActions: async (document, range, context) => {
      if (!isWanted(context)) return [];
      const { version } = document;
      const found = await fixesOf(model, document);
      // Who types on while the files are read asks again.
      if (document.isClosed || document.version !== version) return [];
      return found === undefined ? [] : actionsFor(found, { document, range, context });
    },
  };
  return vscode.languages.registerCodeActionsProvider({ scheme: 'file' }, provider, {
    providedCodeActionKinds: [QuickFix, FIX_FILE],
  });
}

/** Something of ours stands here, or somebody asks for what mends the whole file. */
const isWanted = ({ diagnostics, only }: vscode.CodeActionContext): boolean =>
  diagnostics.some(({ source }) => source === 'ReproLens') || only?.intersects(FIX_FILE) === true;

interface Found {
  readonly fixes: readonly LintFix[];
  /** The steps that the document holds, as far as it is the plan. */
  readonly steps: readonly Span[];
}

/**
 * What the lint says of the very text that is open. The model's findings are of the text that it last
 * read: their places would be wrong by what was typed since.
 */
async function fixesOf(model: Model, document: vscode.TextDocument): Promise<Found | undefined> {
  for (const { project } of model.snapshots) {
    const file = pathInside(project.root, document.uri);
    if (project.kind !== 'plan' || file === undefined || !isFoundIn(project.findings, file))
      continue;
    const { steps, findings } = await lintAgain(project);
    const fixes = fixesIn(findings, file);
    // Plans that run the same script find much the same in it: one of them is enough.
    if (fixes.length > 0) return { fixes, steps: file === project.file ? steps : [] };
  }
  return undefined;
}

const isFoundIn = (findings: readonly Finding[], file: RepoPath): boolean =>
  findings.some(({ fix, place }) => fix !== undefined && place?.file === file);

/** The lint of a plan alone: what else there is to a project takes a look at all its sources. */
async function lintAgain({ root, file, build }: Project): Promise<Linted> {
  const { readPlan } = await import('../core/projects/plan.js');
  const { lintPlan } = await import('../core/lint/lint.js');
  // That a file became too large, or cannot be read, is told by the model.
  const reading = await readPlan(root, file, { overlay, tag: build?.record?.tag }).catch(
    () => undefined,
  );
  if (reading === undefined) return { findings: [], steps: [] };
  const { plan, files } = reading;
  return { findings: lintPlan(plan, files), steps: plan.steps.map(({ span }) => span) };
}

interface Linted {
  readonly findings: readonly Finding[];
  readonly steps: readonly Span[];
}

/** The text of every open document, saved or not: what an edit is made in. */
const overlay = (absolute: string): string | undefined =>
  vscode.workspace.textDocuments
    .find(({ uri }) => uri.scheme === 'file' && uri.fsPath === vscode.Uri.file(absolute).fsPath)
    ?.getText();

interface Asked {
  readonly document: vscode.TextDocument;
  readonly range: vscode.Range;
  readonly context: vscode.CodeActionContext;
}

function actionsFor({ fixes, steps }: Found, asked: Asked): vscode.CodeAction[] {
  const { document, range, context } = asked;
  const here = fixes.filter(({ span }) => rangeOf(span).intersection(range) !== undefined);
  const single = here.flatMap((fix) => {
    const title = fixTitle(fix.finding);
    const told = context.diagnostics.filter((each) => tells(each, fix));
    if (title === undefined || told.length === 0) return [];
    const action = actionOf(title, QuickFix, { document, edits: fix.edits });
    action.diagnostics = told;
    action.isPreferred = isComplete(fix);
    return [action];
  });
  const step = steps.find((each) => rangeOf(each).intersection(range) !== undefined);
  const inStep = step === undefined ? [] : fixes.filter(({ span }) => isWithin(span, step));
  const many = [
    ...(inStep.length < fixes.length ? [{ title: fixStepTitle(), fixes: inStep }] : []),
    { title: fixFileTitle(), fixes },
  ].flatMap(({ title, fixes: some }) => {
    const edits = editsOfAll(some);
    return edits.length > 1 && here.length > 0
      ? [actionOf(title, QuickFix, { document, edits })]
      : [];
  });
  const edits = editsOfAll(fixes);
  if (edits.length === 0) return single;
  return [...single, ...many, actionOf(fixFileTitle(), FIX_FILE, { document, edits })];
}

const tells = ({ code, range }: vscode.Diagnostic, { finding, span }: LintFix): boolean =>
  code === finding.code && range.isEqual(rangeOf(span));

function actionOf(
  title: string,
  kind: vscode.CodeActionKind,
  {
    document,
    edits,
  }: { readonly document: vscode.TextDocument; readonly edits: readonly TextEdit[] },
): vscode.CodeAction {
  const action = new vscode.CodeAction(title, kind);
  action.edit = new vscode.WorkspaceEdit();
  action.edit.set(
    document.uri,
    // Its overloads know edits of one kind only; the editor takes both.
    edits.map(editOf) as vscode.TextEdit[],
  );
  return action;
}

/** An edit, with what is left to fill in selected. */
function editOf({ span, replacement, blank }: TextEdit): vscode.TextEdit | vscode.SnippetTextEdit {
  const range = rangeOf(span);
  if (blank === undefined) return vscode.TextEdit.replace(range, replacement);
  const at = replacement.indexOf(blank);
  const snippet = new vscode.SnippetString()
    .appendText(replacement.slice(0, at))
    .appendPlaceholder(blank)
    .appendText(replacement.slice(at + blank.length));
  return vscode.SnippetTextEdit.replace(range, snippet);
}
