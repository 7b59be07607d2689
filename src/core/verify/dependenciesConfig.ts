/**
 * What the user's pip is configured to ask, and nothing else of its configuration: a `target`, `user`
 * or `no-deps` there would send an installation elsewhere or leave half of it out.
 */
import { environmentOf, run } from '../system/processes.js';
import type { Python } from './dependenciesPython.js';

const CONFIG_MS = 60_000;
/** What the network needs, and where programs look for credentials. */
export const NETWORK = [
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'],
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NETRC'],
];
/** Where pip looks for its configuration. */
const PLACES = ['XDG_CONFIG_HOME', 'XDG_CONFIG_DIRS', 'APPDATA', 'PROGRAMDATA', 'VIRTUAL_ENV'];
/** Settings that say where packages come from. */
const WANTED = new Set([
  ...['index-url', 'extra-index-url', 'find-links', 'no-index', 'trusted-host'],
  ...['cert', 'client-cert', 'proxy', 'timeout', 'default-timeout', 'keyring-provider'],
]);

/** The environment for pip: the user's indexes, no configuration file, and no other variable. */
export async function pipEnvironment(
  python: Python,
  cwd: string,
  signal?: AbortSignal,
): Promise<Record<string, string>> {
  const names = Object.keys(process.env).filter((name) => /^PIP_/i.test(name));
  const { stdout } = await run(python.executable, ['-m', 'pip', 'config', 'list'], {
    cwd,
    env: environmentOf([...NETWORK, ...PLACES, ...names], { PYTHONSAFEPATH: '1' }),
    timeoutMs: CONFIG_MS,
    signal,
  });
  return environmentOf(NETWORK, {
    ...indexSettings(stdout),
    PIP_CONFIG_FILE: process.platform === 'win32' ? 'nul' : '/dev/null',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PYTHONSAFEPATH: '1',
    PYTHONIOENCODING: 'utf-8',
  });
}

/** Sections of the configuration, the later one overriding. */
const SECTIONS = ['global', 'install', ':env:'];
const LINE = /^([^.\s]+)\.([a-z-]+)=(['"])(.*)\3$/;

/** Variables that say what `pip config list` prints. */
export function indexSettings(listed: string): Record<string, string> {
  const found = listed.split(/\r?\n/).flatMap((line) => {
    const [, section = '', key = '', , value = ''] = LINE.exec(line) ?? [];
    const order = SECTIONS.indexOf(section);
    return order < 0 || !WANTED.has(key) ? [] : [{ order, key, value: fromRepr(value) }];
  });
  found.sort((a, b) => a.order - b.order);
  return Object.fromEntries(
    found.map(({ key, value }) => [`PIP_${key.toUpperCase().replaceAll('-', '_')}`, value]),
  );
}

const PLAIN: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** The text that Python's `repr` shows; values of several lines hold `\n`. */
const fromRepr = (text: string): string =>
  text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/g, (_, x?: string, u?: string, c = '') => {
    const hex = x ?? u;
    const character = c as string;
    return hex === undefined
      ? (PLAIN[character] ?? character)
      : String.fromCharCode(Number.parseInt(hex, 16));
  });
