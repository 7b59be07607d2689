/** `BEGIN` lines of a clear-signed message (RFC 9580, section 7) and what they open. */
const OPENS: Readonly<Record<string, 'message' | 'signature'>> = {
  '-----BEGIN PGP SIGNED MESSAGE-----': 'message',
  '-----BEGIN PGP SIGNATURE-----': 'signature',
};
const END = '-----END PGP SIGNATURE-----';
const ARMOUR_HEADER = /^[A-Za-z-]+: /;

/**
 * Knows which lines of a clear-signed manifest belong to the signature. It is asked about lines that
 * are no checksum entry only, so it can never hide an entry: `sha256sum -c` reads those all the same.
 */
export class Armour {
  #inside: 'nothing' | 'message' | 'signature' = 'nothing';

  /** Whether this line is part of the signature's wrapping. To be asked of lines in their order. */
  covers(line: string): boolean {
    const text = line.trimEnd();
    const opened = OPENS[text];
    if (opened !== undefined) {
      this.#inside = opened;
      return true;
    }
    if (this.#inside === 'message') return ARMOUR_HEADER.test(text);
    if (this.#inside === 'nothing') return false;
    if (text === END) this.#inside = 'nothing';
    return true;
  }
}
