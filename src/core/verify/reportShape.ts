/**
 * What a report of another process may look like once it is parsed JSON. Loaded when the first report
 * is read: schemas are much code, and activation must not wait for it.
 */
import * as z from 'zod/mini';
import { parseSha256 } from '../model/digest.js';
import type { Finding } from '../model/finding.js';
import { toRepoPath } from '../model/paths.js';
import type { TierDetail, TierReport } from '../model/tier.js';
import { MOST_FINDINGS } from './tiers.js';

/** Characters of one text in a finding, and values in it, nested ones included. */
const MOST_TEXT = 8192;
const MOST_VALUES = 2000;

const count = z.int().check(z.nonnegative());
const text = z.string().check(z.maxLength(MOST_TEXT));
const digest = z.string().check(z.refine((value) => parseSha256(value) === value));
const isolation = z.enum(['container', 'sandbox', 'clean-folder']);
const position = z.object({
  line: z.int().check(z.positive()),
  column: z.int().check(z.positive()),
});
const place = z.object({
  file: text.check(z.refine(isNormalPath)),
  span: z.object({ start: position, end: position }),
});

function isNormalPath(value: string): boolean {
  const result = toRepoPath(value);
  return result.ok && result.path === value;
}

const finding = z
  .looseObject({
    code: z.string().check(z.regex(/^[a-z0-9-]{1,64}$/)),
    severity: z.enum(['error', 'warning', 'info']),
    place: z.optional(place),
  })
  .check(z.refine((value) => isPlain(value, { left: MOST_VALUES })));

/** Texts, numbers, truth values, and lists and records of them, not too much of it all. */
function isPlain(value: unknown, budget: { left: number }): boolean {
  if (--budget.left < 0) return false;
  if (typeof value === 'string') return value.length <= MOST_TEXT;
  if (typeof value !== 'object' || value === null) return value !== null;
  return Object.values(value).every((each) => isPlain(each, budget));
}

/** One shape for each kind: the compiler asks for those that are new. */
const DETAILS: Readonly<Record<TierDetail['kind'], z.ZodMiniType>> = {
  files: z.object({}),
  'lock-resolved': z.object({ tool: text, installed: z.boolean() }),
  'lock-structure': z.object({ why: z.enum(['offline', 'no-python', 'restricted', 'not-asked']) }),
  image: z.object({
    reference: text,
    by: z.enum(['docker', 'podman', 'registry']),
    layers: z.boolean(),
  }),
  'image-recorded': z.object({ reference: text, why: z.literal('offline') }),
  rerun: z.object({ isolation }),
  rebuilt: z.object({
    isolation,
    tag: text,
    generated: digest,
    size: count,
    startedAt: count,
    source: z.optional(text),
    attestation: text,
  }),
  'rebuild-failed': z.object({ reason: z.string().check(z.regex(/^[a-z-]{1,64}$/)), tag: text }),
  'rerun-refused': z.object({}),
  'not-run': z.object({ why: z.enum(['asked', 'opt-in', 'absent']) }),
};

const isKind = (kind: string): kind is TierDetail['kind'] => Object.hasOwn(DETAILS, kind);

const detail = z
  .looseObject({ kind: z.string() })
  .check(
    z.refine((value) => isKind(value.kind) && z.safeParse(DETAILS[value.kind], value).success),
  );

const tier = z.object({
  tier: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  outcome: z.enum(['pass', 'fail', 'skipped', 'error']),
  detail,
  total: count,
  verified: count,
  basis: z.optional(digest),
  finishedAt: count,
  findings: z.array(z.unknown()),
});

/** The well-formed tiers among parsed JSON, each with those of its findings that are well-formed. */
export function tiersIn(value: unknown): TierReport[] {
  if (!Array.isArray(value)) return [];
  const seen = new Set<number>();
  return value.slice(0, MOST_TIERS).flatMap((each): TierReport[] => {
    const { data, success } = z.safeParse(tier, each);
    // A pass over more than there was is no pass of ours; a tier has one result.
    if (!success || data.verified > data.total || seen.has(data.tier)) return [];
    seen.add(data.tier);
    return [{ ...data, findings: findingsIn(data.findings) } as unknown as TierReport];
  });
}

const MOST_TIERS = 4;

const findingsIn = (values: readonly unknown[]): Finding[] =>
  values.slice(0, MOST_FINDINGS).flatMap((value) => {
    const { data, success } = z.safeParse(finding, value);
    return success ? [data as unknown as Finding] : [];
  });
