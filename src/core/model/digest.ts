/** A SHA-256 digest: 64 lower-case hexadecimal digits. */
export type Sha256 = string & { readonly __sha256: true };

const HEX64 = /^[0-9a-fA-F]{64}$/;

/** Reads a digest of any case; `undefined` when the text is not 64 hexadecimal digits. */
export function parseSha256(text: string): Sha256 | undefined {
  return HEX64.test(text) ? (text.toLowerCase() as Sha256) : undefined;
}

/** The digest held in 32 raw bytes. */
export function sha256FromBytes(bytes: Uint8Array): Sha256 {
  return Buffer.from(bytes.buffer, bytes.byteOffset, 32).toString('hex') as Sha256;
}

/** The first 12 digits: enough for an eye, never for a verdict. */
export const shortDigest = (digest: Sha256): string => digest.slice(0, 12);
