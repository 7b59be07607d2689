/**
 * The worker's entry, bundled to `dist/hashWorker.js`. Synchronous on purpose: a promise for every
 * chunk or file costs more than the work itself, and nobody else waits for this thread.
 */
import { parentPort } from 'node:worker_threads';
import {
  type AnswerMessage,
  type BatchMessage,
  Block,
  type ForgetMessage,
  type Opening,
  Signals,
} from './block.js';
import { FileDigester } from './fileDigest.js';
import { Inspector } from './inspector.js';

const digester = new FileDigester();
const inspectors = new Map<number, Inspector>();

/** The request as this worker knows it, from the opening that came with its first batch. */
function inspectorOf(request: number, opening: Opening | undefined): Inspector {
  const known = inspectors.get(request);
  if (known) return known;
  if (!opening) throw new Error(`request ${request} was never opened here`);
  const inspector = new Inspector(opening, new Signals(opening.signals), digester);
  inspectors.set(request, inspector);
  return inspector;
}

parentPort?.on('message', (message: BatchMessage | ForgetMessage) => {
  if ('forget' in message) {
    inspectors.delete(message.forget);
    return;
  }
  const names = message.names.split('\0');
  const block = new Block(names.length, message.buffer);
  const extras = inspectorOf(message.request, message.opening).inspect(names, block);
  const answer: AnswerMessage = { buffer: block.buffer, extras };
  parentPort?.postMessage(answer, [block.buffer]);
});
