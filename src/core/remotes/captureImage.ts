import { parseImageReference, pinnedName } from '../formats/container/imageReference.js';
import type { EnvironmentRecord } from '../formats/environment/writer.js';
import type { Finding } from '../model/finding.js';
import { CaptureError } from './captureProblem.js';
import type { Engine } from './engine.js';
import { inspect, repoDigests, repoTags } from './engineImages.js';
import { hasManifest, resolveTag } from './registry.js';
import type { PinnedReference } from './registry.js';
import { dockerCredentials } from './registryCredentials.js';
import { containerProbe, imageProbe } from './systemTools.js';
import type { Probe } from './systemTools.js';

/** The image that a capture records. */
export interface CapturedChoice {
  readonly container: NonNullable<EnvironmentRecord['container']>;
  /** Runs programs inside; absent when nothing here has the image. */
  readonly probe?: Probe;
  readonly findings: readonly Finding[];
}

interface Looking {
  readonly signal?: AbortSignal | undefined;
}
/** What docker and podman accept as a container's name; no option begins so. */
const NAME = /^[A-Za-z0-9][\w.-]{0,254}$/;

/**
 * The image that a running container was made from. A container has no digest that others could pull,
 * its image has: so the container is asked for its image, and the image for its names in registries.
 *
 * @throws CaptureError `no-container`.
 */
export async function imageOfContainer(
  engine: Engine,
  name: string,
  { signal }: Looking,
): Promise<CapturedChoice> {
  const ask = (format: string) => inspect(engine, ['container', format, name], { signal });
  const running = NAME.test(name) ? await ask('{{.State.Running}}') : undefined;
  if (running !== 'true') throw new CaptureError('no-container', name);
  const id = idOf(await ask('{{.Image}}'));
  if (id === undefined) throw new CaptureError('no-container', name);
  const startedAs = await ask('{{.Config.Image}}');
  const named = await published(engine, id, { startedAs: startedAs ?? '', signal });
  return {
    container: { name, ...named.image },
    findings: named.findings,
    probe: containerProbe(engine, name, signal),
  };
}

/**
 * The image that a reference declares, as an engine or its registry knows it.
 * @throws CaptureError `bad-reference`, `unresolved`.
 */
export async function imageDeclared(
  declared: string,
  engine: Engine | undefined,
  looking: Looking,
): Promise<CapturedChoice> {
  const reference = parseImageReference(declared);
  if (reference === undefined) throw new CaptureError('bad-reference', declared);
  const id =
    engine === undefined
      ? undefined
      : idOf(await inspect(engine, ['image', '{{.Id}}', engineName(declared)], looking));
  const probe =
    engine === undefined || id === undefined
      ? {}
      : { probe: imageProbe(engine, id, looking.signal) };
  if (reference.kind === 'local') {
    return { container: { reference: declared, localOnly: true }, findings: [], ...probe };
  }
  const { digest } = reference;
  if (digest !== undefined) {
    const findings =
      id === undefined ? await trust(declared, { ...reference, digest }, looking) : [];
    return { container: { reference: declared, localOnly: false }, findings, ...probe };
  }
  if (engine !== undefined && id !== undefined) {
    const { image, findings } = await published(engine, id, { startedAs: declared, ...looking });
    return { container: image, findings, ...probe };
  }
  const asking = { ...looking, credentials: dockerCredentials };
  const found = await resolveTag(reference, asking);
  if (found.kind !== 'ok') throw new CaptureError('unresolved', declared);
  return {
    container: { reference: pinnedName(reference, found.digest), localOnly: false },
    findings: [],
  };
}

/** Podman knows no reference with a tag and a digest. */
const engineName = (declared: string): string => {
  const reference = parseImageReference(declared);
  return reference?.kind === 'registry' && reference.digest !== undefined
    ? pinnedName(reference, reference.digest)
    : declared;
};

/** A pinned reference that no engine here has: the registry may confirm it. */
async function trust(
  declared: string,
  reference: PinnedReference,
  looking: Looking,
): Promise<Finding[]> {
  const answer = await hasManifest(reference, { ...looking, credentials: dockerCredentials });
  if (answer === 'yes') return [];
  const code = answer === 'no' ? 'image-missing' : 'capture-not-inspected';
  return [{ code, severity: 'warning', reference: declared }];
}

/**
 * The name under which others can pull an image. Engines list digests also of images that were never
 * pushed, and podman's of a fresh build is not the one that the registry gives it: so each is asked
 * for, that of the name which the container was started by first, and then the tags.
 */
async function published(
  engine: Engine,
  id: string,
  { startedAs, signal }: Looking & { readonly startedAs: string },
): Promise<Pick<CapturedChoice, 'findings'> & { readonly image: Published }> {
  const names = pinnedOf((await repoDigests(engine, id, { signal })) ?? [], startedAs);
  let unsure: PinnedReference | undefined;
  for (const each of names) {
    const answer = await hasManifest(each, { signal, credentials: dockerCredentials });
    if (answer === 'yes') return { image: publishedAs(each), findings: [] };
    if (answer === 'unknown') unsure ??= each;
  }
  const tagged = await byTag(id, await repoTags(engine, id, { signal }), { signal });
  if (tagged !== undefined) return { image: publishedAs(tagged), findings: [] };
  if (unsure !== undefined) {
    const image = publishedAs(unsure);
    const { reference } = image;
    return { image, findings: [{ code: 'capture-unconfirmed', severity: 'warning', reference }] };
  }
  const image = { reference: id, localOnly: true };
  const findings = [
    { code: 'capture-unpublished', severity: 'warning', reference: startedAs },
  ] as const;
  return { image, findings };
}

/** A tag whose image in the registry has the very configuration that the engine's image has. */
async function byTag(
  id: string,
  tags: readonly string[],
  { signal }: Looking,
): Promise<PinnedReference | undefined> {
  for (const tag of tags.slice(0, MOST_TAGS)) {
    const reference = parseImageReference(tag);
    if (reference?.kind !== 'registry' || reference.registry === BUILT_HERE) continue;
    const found = await resolveTag(reference, { signal, credentials: dockerCredentials });
    if (found.kind !== 'ok' || `sha256:${found.config ?? ''}` !== id) continue;
    return { ...reference, digest: found.digest };
  }
  return undefined;
}

/** Tags that a registry is asked about. */
const MOST_TAGS = 10;
/** Podman's own word for the registry of what was built and never pushed. */
const BUILT_HERE = 'localhost';

type Published = Omit<CapturedChoice['container'], 'name'>;
const publishedAs = (reference: PinnedReference): Published => ({
  reference: pinnedName(reference, reference.digest),
  localOnly: false,
});

function pinnedOf(names: readonly string[], startedAs: string): PinnedReference[] {
  const wanted = parseImageReference(startedAs);
  const found = names.flatMap((text): PinnedReference[] => {
    const reference = parseImageReference(text);
    if (reference?.kind !== 'registry' || reference.digest === undefined) return [];
    return reference.registry === BUILT_HERE ? [] : [{ ...reference, digest: reference.digest }];
  });
  const same = ({ registry, repository }: PinnedReference): number =>
    wanted?.kind === 'registry' && wanted.registry === registry && wanted.repository === repository
      ? 0
      : 1;
  return found.sort((a, b) => same(a) - same(b));
}

/** Docker writes `sha256:` before it, podman does not. */
function idOf(text: string | undefined): string | undefined {
  const hex = /^(?:sha256:)?([0-9a-f]{64})$/.exec(text ?? '')?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}
