import type { LockEntry } from '../../model/envelope.js';
import { parseSha256 } from '../../model/digest.js';
import type { Sha256 } from '../../model/digest.js';
import type { LockFinding } from '../../model/findings/lock.js';
import type { SplitWord } from '../shell/split.js';

/** Algorithms that pip accepts besides SHA-256, strong enough and of no use to vaibify. */
const OTHER = new Set(['sha384', 'sha512']);
const DIGITS = 64;

/** Takes a finding about one `--hash`, or about the requirement when no word is given. */
interface Findings {
  readonly add: (data: LockFinding, word?: SplitWord) => void;
}

/** The SHA-256 digests of a requirement: those it has already, and those of its `--hash` options. */
export function hashesOf(
  words: readonly SplitWord[],
  { name, digests }: LockEntry,
  { add }: Findings,
): Sha256[] {
  const found = [...digests];
  const others = new Set<string>();
  let broken = false;
  for (const word of words) {
    const { algorithm, text } = parts(word.text);
    const digest = algorithm === 'sha256' ? parseSha256(text) : undefined;
    if (digest !== undefined) found.push(digest);
    else if (OTHER.has(algorithm)) others.add(algorithm);
    else {
      broken = true;
      add(problemOf(name, algorithm, text), word);
    }
  }
  if (found.length > 0 || broken) return found;
  if (others.size === 0) add({ code: 'lock-unhashed', name });
  else add({ code: 'lock-other-hash', name, algorithms: [...others] });
  return found;
}

function parts(text: string): { algorithm: string; text: string } {
  const colon = text.indexOf(':');
  return colon < 0
    ? { algorithm: '', text }
    : { algorithm: text.slice(0, colon), text: text.slice(colon + 1) };
}

function problemOf(name: string, algorithm: string, text: string): LockFinding {
  if (algorithm !== '' && algorithm !== 'sha256') {
    return { code: 'lock-weak-hash', name, algorithm };
  }
  const problem = algorithm === '' ? 'form' : text.length === DIGITS ? 'hex' : 'length';
  return { code: 'lock-digest', name, problem, length: text.length };
}
