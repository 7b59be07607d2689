/** Chooses what a run is shut into, and says why nothing stronger was taken. */
import type { CapturedImage } from '../model/envelope.js';
import type { IsolationProblem } from '../model/findings/rerun.js';
import type { Isolation } from '../model/tier.js';
import { findEngine } from '../remotes/engine.js';
import type { Engine } from '../remotes/engine.js';
import { run } from '../system/processes.js';
import { bubblewrapArguments, readableFor } from './bubblewrap.js';
import { hasImage, userOf } from './container.js';
import { programPath } from './sandbox.js';
import type { Sandbox } from './sandbox.js';

/** What the user wants; `auto` takes the strongest that works here. */
export type IsolationWish = 'auto' | Isolation;

/** An isolation that was not taken. */
export interface PassedOver {
  readonly isolation: Isolation;
  readonly problem: IsolationProblem;
  /** What the program said that did not work. */
  readonly reason?: string;
}

/** What was chosen, absent when a wish cannot be met; and what was tried before it. */
export interface IsolationChoice {
  readonly sandbox?: Sandbox;
  /** The image, and whether it has to be pulled first. */
  readonly image?: { readonly reference: string; readonly pull: boolean };
  readonly passedOver: readonly PassedOver[];
}

const PROBE_MS = 30_000;

/**
 * The isolation that a run will have: the pinned image where there is one and an engine, else
 * bubblewrap where it works, else a clean folder. Starts nothing of the project's; pulls nothing.
 */
export async function chooseIsolation(
  wish: IsolationWish,
  image: CapturedImage | undefined,
  signal?: AbortSignal,
): Promise<IsolationChoice> {
  const passedOver: PassedOver[] = [];
  if (wish === 'auto' || wish === 'container') {
    const found = await container(image, signal);
    if ('sandbox' in found) return { ...found, passedOver };
    passedOver.push(found);
  }
  if (wish === 'auto' || wish === 'sandbox') {
    const found = await bubblewrap(signal);
    if ('kind' in found) return { sandbox: found, passedOver };
    passedOver.push(found);
  }
  if (wish === 'auto' || wish === 'clean-folder') {
    return { sandbox: { kind: 'clean-folder' }, passedOver };
  }
  return { passedOver };
}

type Contained = Required<Pick<IsolationChoice, 'sandbox' | 'image'>>;

async function container(
  image: CapturedImage | undefined,
  signal: AbortSignal | undefined,
): Promise<Contained | PassedOver> {
  if (image?.digest === undefined) return { isolation: 'container', problem: 'no-image' };
  const { reference } = image;
  const engines: Engine[] = [];
  for (const kind of ['docker', 'podman'] as const) {
    const engine = await findEngine([kind], signal);
    if (engine === undefined) continue;
    if (await hasImage(engine, reference, signal)) {
      return contained(engine, { reference, pull: false }, signal);
    }
    engines.push(engine);
  }
  const [engine] = engines;
  if (engine === undefined) return { isolation: 'container', problem: 'no-engine' };
  if (image.localOnly) {
    const reason = `no registry has ${reference}, and it is not on this machine`;
    return { isolation: 'container', problem: 'does-not-work', reason };
  }
  return contained(engine, { reference, pull: true }, signal);
}

async function contained(
  engine: Engine,
  image: Contained['image'],
  signal: AbortSignal | undefined,
): Promise<Contained> {
  const user = await userOf(engine, signal);
  const { reference } = image;
  return {
    sandbox: {
      kind: 'container',
      engine,
      image: reference,
      ...(user === undefined ? {} : { user }),
    },
    image,
  };
}

/** bubblewrap may be installed and yet be forbidden to make namespaces, so it is tried. */
async function bubblewrap(
  signal: AbortSignal | undefined,
): Promise<Extract<Sandbox, { kind: 'sandbox' }> | PassedOver> {
  const PATH = programPath();
  const sandbox = { kind: 'sandbox', readable: await readableFor(PATH) } as const;
  const args = bubblewrapArguments(
    sandbox,
    { copy: '/usr', scratch: '/usr', name: 'probe' },
    { argv: ['/bin/sh', '-c', 'exit 0'], cwd: '/', variables: { PATH } },
  );
  const options = { cwd: '/', env: { PATH }, timeoutMs: PROBE_MS, signal };
  const { outcome, status, stderr, reason } = await run('bwrap', args, options);
  if (outcome === 'exited' && status === 0) return sandbox;
  if (outcome === 'not-found') return { isolation: 'sandbox', problem: 'no-bubblewrap' };
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return { isolation: 'sandbox', problem: 'does-not-work', reason: said || (reason ?? outcome) };
}
