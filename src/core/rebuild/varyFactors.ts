/** What each factor changes around a build, with what there is to change it. */
import type { Change, NotVaried, VariedFactor, VaryTool } from '../model/variation.js';
import { relist, shiftTimes } from '../system/listing.js';
import { environmentOf, run } from '../system/processes.js';
import type { Around, Variation } from './buildRun.js';
import type { Sandbox } from './sandbox.js';
import { listedBy } from './varyListing.js';
import { SetUpError } from './varyLab.js';
import { DAYS } from './varyTools.js';
import type { Tools } from './varyTools.js';

/** A factor that can be changed, or cannot. */
export type Setting = { readonly factor: VariedFactor } & (
  | {
      readonly kind: 'ready';
      readonly change: Change;
      readonly variation: Variation;
      /** The tool without the change: what it alone does to a build is not the factor's doing. */
      readonly control?: { readonly tool: VaryTool; readonly variation: Variation };
      /** Asked after a build: why nothing was changed after all. */
      readonly idle?: () => NotVaried | undefined;
    }
  | { readonly kind: 'skipped'; readonly why: NotVaried }
);

/** What a factor is changed in. */
export interface Ground {
  readonly sandbox: Sandbox;
  readonly tools: Tools;
  readonly signal: AbortSignal | undefined;
}

type Make = (
  ground: Ground,
) => Omit<Extract<Setting, { kind: 'ready' }>, 'factor' | 'kind'> | NotVaried;

/** What one factor changes. `chance` changes nothing and has no row. */
export function settingOf(factor: Exclude<VariedFactor, 'chance'>, ground: Ground): Setting {
  const made = MAKE[factor](ground);
  return 'variation' in made
    ? { factor, kind: 'ready', ...made }
    : { factor, kind: 'skipped', why: made };
}

const MAKE: Readonly<Record<Exclude<VariedFactor, 'chance'>, Make>> = {
  time: ({ tools: { faketime } }) => {
    if (faketime === undefined) return { kind: 'no-tool', tool: 'faketime' };
    const around: Around = async ({ copy }, work) => {
      await shiftTimes(copy, DAYS * 86_400_000);
      return work();
    };
    return {
      change: { kind: 'clock', days: DAYS },
      variation: { prefix: clock(faketime, `+${DAYS}d`), around },
      control: { tool: 'faketime', variation: { prefix: clock(faketime, '+0') } },
    };
  },
  // Written so that no database of time zones is needed: fourteen hours ahead of UTC.
  timezone: () => variable('TZ', 'GMT-14'),
  locale: ({ tools: { locales } }) => {
    if (locales === undefined) return { kind: 'no-tool', tool: 'locale' };
    const name = otherLocale(locales);
    if (name === undefined) return { kind: 'one-locale' };
    const { change, variation } = variable('LC_ALL', name);
    return { change, variation: { variables: { ...variation.variables, LANG: name } } };
  },
  umask: ({ tools }) => {
    const mask = tools.umask === '0077' ? '022' : '077';
    return { change: { kind: 'umask', mask }, variation: { umask: mask } };
  },
  'file-order': fileOrder,
  'build-path': () => {
    const workspaceName = 'another-place';
    return {
      change: { kind: 'directory', name: workspaceName },
      variation: { workspaceName },
    };
  },
  user: ({ sandbox }) => otherUser(sandbox),
  cpus: ({ tools: { taskset } }) => {
    if (taskset === undefined) return { kind: 'no-tool', tool: 'taskset' };
    const { program, cpus } = taskset;
    const cpu = /^\d+/.exec(cpus)?.[0];
    if (cpu === undefined || cpu === cpus) return { kind: 'one-cpu' };
    return {
      change: { kind: 'cpus', cpu, before: cpus },
      variation: { prefix: [program, '-c', cpu] },
    };
  },
  environment: () => ({
    change: { kind: 'noise', variables: Object.keys(NOISE).length },
    variation: { variables: NOISE },
  }),
  host: ({ sandbox }) => {
    if (sandbox.kind === 'clean-folder') return { kind: 'own-machine' };
    const hostname = 'another-host';
    return { change: { kind: 'hostname', name: hostname }, variation: { hostname } };
  },
};

const variable = (name: string, value: string) =>
  ({
    change: { kind: 'variable', name, value },
    variation: { variables: { [name]: value } },
  }) as const;

/** Variables that nothing reads, one of them as large as those of a busy session. */
const NOISE: Readonly<Record<string, string>> = {
  CAPTURE_ENVIRONMENT: 'I capture the environment',
  UNUSED_SESSION_ID: '8d1f3c',
  UNUSED_LONG_VARIABLE: 'noise '.repeat(1500),
};

/**
 * The clock for programs that are linked dynamically. Not of what lies on the disk: `make` would find
 * everything out of date. Nor of what measures spans: waiting would never end.
 */
const clock = (
  { env, library, launch }: NonNullable<Tools['faketime']>,
  time: string,
  ...more: readonly string[]
): readonly string[] => [
  ...[...launch, env, `LD_PRELOAD=${library}`, `FAKETIME=${time}`, ...more],
  ...['NO_FAKE_STAT=1', 'FAKETIME_DONT_FAKE_MONOTONIC=1'],
];

/** 2030-03-17, in seconds. Numbers and no text: faketime reads that in the zone of the build. */
const STILL = '1900000000';

/** What keeps a factor from changing between two builds, as far as there are tools for it. */
export function steadiers(ground: Ground): readonly {
  readonly factor: 'time' | 'file-order';
  readonly variation: Variation;
}[] {
  const { faketime, disorderfs } = ground.tools;
  return [
    ...(faketime === undefined
      ? []
      : [
          {
            factor: 'time' as const,
            variation: { prefix: clock(faketime, STILL, 'FAKETIME_FMT=%s') },
          },
        ]),
    ...(disorderfs
      ? [
          {
            factor: 'file-order' as const,
            variation: { around: listedBy('sorted', ground.signal) },
          },
        ]
      : []),
  ];
}

function fileOrder({ tools: { disorderfs }, signal }: Ground): ReturnType<Make> {
  if (disorderfs) {
    return {
      change: { kind: 'listing', by: 'disorderfs' },
      variation: { around: listedBy('reversed', signal) },
      control: { tool: 'disorderfs', variation: { around: listedBy('stored', signal) } },
    };
  }
  const seen = { changed: false };
  return {
    change: { kind: 'listing', by: 'rewriting' },
    variation: {
      around: async ({ copy }, work) => {
        seen.changed = await relist(copy);
        return work();
      },
    },
    idle: () => (seen.changed ? undefined : { kind: 'same-listing' }),
  };
}

/** Another language where one is installed: it sorts otherwise; else only another set of characters. */
function otherLocale(names: readonly string[]): string | undefined {
  const plain = /^(?:C|POSIX)$/;
  const neutral = /^C\.utf-?8$/i;
  const languages = names.filter((name) => !plain.test(name) && !neutral.test(name));
  return (
    languages.find((name) => /utf-?8$/i.test(name)) ??
    languages[0] ??
    names.find((name) => neutral.test(name))
  );
}

const USER = 'somebody';
const UIDS: readonly [number, number] = [4711, 4712];

function otherUser(sandbox: Sandbox): ReturnType<Make> {
  const uid = UIDS.find((each) => each !== process.getuid?.()) ?? UIDS[0];
  const named = {
    change: { kind: 'user', name: USER },
    variation: { user: { name: USER } },
  } as const;
  const numbered = {
    change: { kind: 'user', name: USER, uid },
    variation: { user: { name: USER, uid } },
  } as const;
  switch (sandbox.kind) {
    case 'clean-folder':
      return named;
    case 'sandbox':
      return numbered;
    case 'container':
      // Only root can give what is mounted to somebody else.
      return process.getuid?.() === 0
        ? { ...numbered, variation: { ...numbered.variation, around: givenTo(uid) } }
        : named;
  }
}

const givenTo =
  (uid: number): Around =>
  async ({ copy, scratch }, work) => {
    const options = { cwd: '/', env: environmentOf(), timeoutMs: 600_000 };
    const args = ['-R', `${uid}:${uid}`, copy, scratch];
    const { outcome, status } = await run('chown', args, options);
    if (outcome !== 'exited' || status !== 0) throw new SetUpError('chown does not work');
    return work();
  };
