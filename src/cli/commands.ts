/**
 * Every command, loaded when it is run: what all of them need together takes longer to evaluate than
 * a small manifest to check.
 */
import type { Context } from './context.js';
import type { Exit } from './errors.js';

/** One command's work: says its answer through the context and returns the exit status. */
export type Run<O> = (context: Context, options: O) => Promise<Exit>;

const later =
  <O>(load: () => Promise<(context: Context, options: O) => Promise<Exit>>): Run<O> =>
  async (context, options) =>
    (await load())(context, options);

export const status = later(async () => (await import('./status.js')).status);
export const verify = later(async () => (await import('./verify.js')).verify);
export const manifestCheck = later(async () => (await import('./manifestCheck.js')).manifestCheck);
export const manifestWrite = later(async () => (await import('./manifestWrite.js')).manifestWrite);
export const lockCheck = later(async () => (await import('./lock.js')).lockCheck);
export const lockWrite = later(async () => (await import('./lock.js')).lockWrite);
export const lockVerify = later(async () => (await import('./lock.js')).lockVerify);
export const environmentCapture = later(
  async () => (await import('./environment.js')).environmentCapture,
);
export const environmentCheck = later(
  async () => (await import('./environment.js')).environmentCheck,
);
export const environmentPin = later(async () => (await import('./environment.js')).environmentPin);
export const rerunCommand = later(async () => (await import('./rerun.js')).rerunCommand);
export const mirrorVerify = later(async () => (await import('./mirror.js')).mirrorVerify);
export const planCheck = later(async () => (await import('./plan.js')).planCheck);
export const rebuildCommand = later(async () => (await import('./rebuild.js')).rebuildCommand);
export const seedCommand = later(async () => (await import('./seed.js')).seedCommand);
export const explainCommand = later(async () => (await import('./explain.js')).explainCommand);
export const publishWorkflow = later(async () => (await import('./publish.js')).publishWorkflow);
