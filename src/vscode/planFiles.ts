import type * as vscode from 'vscode';
import type { Model } from './model.js';
import { uriOf } from './places.js';
import { registerWriting } from './proposals.js';

/** Plans by their usual name. Others are asked about one by one: their names are in settings. */
const PLANS: vscode.DocumentSelector = [
  { scheme: 'file', pattern: '**/plan.{yaml,yml}' },
  { scheme: 'file', language: 'yaml' },
];

/** Completions and hovers in build plans. Their words are loaded when somebody writes one. */
export function registerPlanFiles(model: Model): vscode.Disposable {
  const load = () => import('../core/words/planCompletion.js');
  return registerWriting(PLANS, {
    applies: (document) => isPlanDocument(model, document),
    proposals: async (lines, at) => (await load()).planProposals(lines, at),
    explanation: async (lines, at) => (await load()).planExplanation(lines, at),
    triggers: ['{'],
  });
}

/** Keys that nothing but a plan has. Other programs have a `plan.yaml` with steps as well. */
const SIGN =
  /^(["']?)(?:artifact|build_steps|expected_digest|reference_artifact|reference_attestation)\1[ \t]*:/m;
const ANY_KEY = /^[\w"'][^\n]*:(?:\s|$)/m;
/** As much of a document as shows whose it is. */
const HEAD = 20_000;

/**
 * Whether a document is a build plan: the model knows it as one, or it has the name of one and a key
 * of one: half a plan is no project yet. In `build/`, where plans lie, one without a key is enough.
 */
function isPlanDocument(model: Model, document: vscode.TextDocument): boolean {
  const { uri } = document;
  const isKnown = model.snapshots.some(
    ({ project: { kind, root, file } }) =>
      kind === 'plan' && uriOf(root, file).toString() === uri.toString(),
  );
  if (isKnown) return true;
  if (!/\/plan\.ya?ml$/.test(uri.path)) return false;
  const head = document.getText().slice(0, HEAD);
  return SIGN.test(head) || (uri.path.includes('/build/plan.') && !ANY_KEY.test(head));
}
