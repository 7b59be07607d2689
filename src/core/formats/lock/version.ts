/** Versions by PEP 440. */
const VERSION =
  /^v?(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:alpha|a|beta|b|preview|pre|c|rc)[-_.]?\d*)?(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$/i;
/** Longer ones exist only to slow a reader down. */
const MOST = 256;

/** Whether a text is a version. */
export const isVersion = (text: string): boolean => text.length <= MOST && VERSION.test(text);

/**
 * Whether an installed version is the pinned one: `1.0` is `1.0.0`, `1.0RC1` is `1.0rc1`, and a pin
 * without a local part accepts any (`1.0` accepts `1.0+cpu`), as pip compares.
 */
export function isPinned(installed: string, pinned: string): boolean {
  const [public_, local] = canonical(installed);
  const [wanted, wantedLocal] = canonical(pinned);
  return public_ === wanted && (wantedLocal === '' || wantedLocal === local);
}

function canonical(version: string): [string, string] {
  const [whole = '', local = ''] = version.trim().toLowerCase().replace(/^v/, '').split('+');
  const spelled = whole
    .replace(
      /[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*)/,
      (_, word: string, n: string) => `${PRE[word] ?? word}${number(n)}`,
    )
    .replace(/-(\d+)/, '.post$1')
    .replace(/[-_.]?(?:post|rev|(?<!p)r(?!c))[-_.]?(\d*)/, (_, n: string) => `.post${number(n)}`)
    .replace(/[-_.]?dev[-_.]?(\d*)/, (_, n: string) => `.dev${number(n)}`)
    .replace(/^0+!/, '');
  const release = /^(?:\d+!)?\d+(?:\.\d+)*/.exec(spelled)?.[0] ?? '';
  const short = release.replace(/\d+/g, number).replace(/(?:\.0)+$/, '');
  return [short + spelled.slice(release.length), local.replace(/[-_]/g, '.')];
}

const PRE: Readonly<Record<string, string>> = {
  alpha: 'a',
  beta: 'b',
  preview: 'rc',
  pre: 'rc',
  c: 'rc',
};

const number = (digits: string): string => digits.replace(/^0+(?=\d)/, '') || '0';
