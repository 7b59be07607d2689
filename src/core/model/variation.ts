/** What `rebuild --vary` changes around a build, and what comes of it: data only. */
import type { Explanation } from './difference.js';
import type { Sha256 } from './digest.js';
import type { Finding } from './finding.js';
import type { Factor } from './findings/lint.js';

/**
 * The factors that can be changed, in the order in which they are. `chance` is the control: a second
 * build with nothing changed. The network is not among them: a build has none.
 */
export const VARIED_FACTORS = [
  'chance',
  'time',
  'timezone',
  'locale',
  'umask',
  'file-order',
  'build-path',
  'user',
  'cpus',
  'environment',
  'host',
] as const satisfies readonly Factor[];
export type VariedFactor = (typeof VARIED_FACTORS)[number];

/** Programs that change a factor. */
export type VaryTool = 'faketime' | 'disorderfs' | 'taskset' | 'locale';

/** What was changed. */
export type Change =
  /** The same build again. */
  | { readonly kind: 'nothing' }
  /** Only the seconds that lie between two builds. */
  | { readonly kind: 'seconds' }
  | { readonly kind: 'clock'; readonly days: number }
  | { readonly kind: 'variable'; readonly name: string; readonly value: string }
  | { readonly kind: 'umask'; readonly mask: string }
  /** `disk`: only what the disk made of two directories of the same names. */
  | { readonly kind: 'listing'; readonly by: 'disorderfs' | 'rewriting' | 'disk' }
  | { readonly kind: 'directory'; readonly name: string }
  /** Without a `uid` only the variables name somebody else. */
  | { readonly kind: 'user'; readonly name: string; readonly uid?: number }
  | { readonly kind: 'cpus'; readonly cpu: string; readonly before: string }
  | { readonly kind: 'noise'; readonly variables: number }
  | { readonly kind: 'hostname'; readonly name: string };

/** Why nothing is known of a factor. */
export type NotVaried =
  | { readonly kind: 'no-tool'; readonly tool: VaryTool }
  | { readonly kind: 'one-cpu' }
  | { readonly kind: 'one-locale' }
  /** No disorderfs, and sources that were written anew are listed as before. */
  | { readonly kind: 'same-listing' }
  /** A clean folder has this machine's own name. */
  | { readonly kind: 'own-machine' }
  /** Two builds with nothing changed differ, so that a third one tells nothing. */
  | { readonly kind: 'unsteady' }
  /** Every build has other times in it, and times are what this factor changes. */
  | { readonly kind: 'times' }
  /** The build shows the tool, or fails with it, even when the tool changes nothing. */
  | { readonly kind: 'instrument'; readonly tool: VaryTool };

/** What came of changing one factor. */
export type FactorOutcome =
  /** `butTimes`: nothing differs but times, which differ between any two builds. */
  | { readonly outcome: 'same'; readonly sha256: Sha256; readonly butTimes?: true }
  | {
      readonly outcome: 'differs';
      readonly sha256: Sha256;
      /** Left: without the change. Absent when it could not be found out. */
      readonly explanation?: Explanation;
      /** What `chance` may be instead, for it could not be held still. */
      readonly unruled?: readonly VariedFactor[];
    }
  | {
      readonly outcome: 'failed';
      readonly findings: readonly Finding[];
      /** The last that the steps wrote; untrusted. */
      readonly said: string;
    }
  | { readonly outcome: 'skipped'; readonly why: NotVaried };

export type FactorResult = {
  readonly factor: VariedFactor;
  /** Absent when nothing could be. */
  readonly change?: Change;
} & FactorOutcome;
