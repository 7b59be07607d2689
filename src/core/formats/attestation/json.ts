/** What the readers of attestations share: values of hostile JSON, looked at key by key. */
import type { AttestationDocument, AttestationProblem } from '../../model/reference.js';

/** A JSON object. Its keys are read by {@link own} only: `constructor` is no key of an empty one. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** What a reader found, or why it takes nothing from the document. */
export type AttestationResult =
  | { readonly ok: true; readonly document: AttestationDocument }
  | { readonly ok: false; readonly problem: AttestationProblem; readonly detail?: string };

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of a key that the object itself has. */
export const own = (record: JsonRecord, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** The text at the end of a path of keys. */
export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  let at = value;
  for (const key of keys) at = isRecord(at) ? own(at, key) : undefined;
  return typeof at === 'string' ? at : undefined;
}

export const refuse = (
  problem: AttestationProblem,
  detail?: string,
): Extract<AttestationResult, { ok: false }> => ({
  ok: false,
  problem,
  ...(detail === undefined ? {} : { detail }),
});

/**
 * Bytes from base64, of the standard or the URL alphabet, as DSSE allows both; `undefined` for what
 * is neither: Node skips what it does not know, and two readers would then see two texts.
 */
export function base64Bytes(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return undefined;
  const bare = text.replace(/=+$/, '');
  return bare.length % 4 === 1 ? undefined : Buffer.from(bare, 'base64');
}
