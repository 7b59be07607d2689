/** `curl URL` and `wget -qO- URL`, as commands that write into a file. */
import { baseName } from '../../formats/container/packages.js';
import type { ShellCommand, ShellWord } from '../../formats/shell/shell.js';
import { instead } from '../hit.js';
import type { UnitEdit } from '../hit.js';
import { isPlain } from '../shell/joins.js';
import { own } from '../shell/scope.js';

export interface Download {
  readonly edits: readonly UnitEdit[];
  /** What is put in behind the command to name the file. */
  readonly option: string;
}

/** How a download writes into a file; `undefined` where it is more than an address and plain options. */
export const downloadTo = (command: ShellCommand, file: string): Download | undefined =>
  baseName(own(command)[0]) === 'curl' ? curlTo(command, file) : wgetTo(command, file);

const CURL_FLAG =
  /^(?:-[fsSLkgq46#]+|--(?:fail|fail-with-body|silent|show-error|location|insecure|globoff|compressed|progress-bar|ipv4|ipv6|http1\.1|http2|tlsv1\.[0-3]|ssl-reqd|retry-all-errors|retry-connrefused))$/;
const CURL_VALUE =
  /^(?:-[HAuxmeb]|--(?:header|user-agent|user|proxy|max-time|connect-timeout|retry|retry-delay|retry-max-time|proto|proto-redir|cacert|capath|cert|key|max-redirs|referer))$/;

function curlTo(command: ShellCommand, file: string): Download | undefined {
  const [, ...words] = own(command);
  const operands: ShellWord[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const text = word?.text ?? '';
    if (CURL_VALUE.test(text)) at += 1;
    else if (word !== undefined && !text.startsWith('-')) operands.push(word);
    else if (!CURL_FLAG.test(text)) return undefined;
  }
  return isOneAddress(operands) ? { edits: [], option: ` -o ${file}` } : undefined;
}

const WGET_FLAG =
  /^(?:-[q46]+|-nv|--(?:quiet|no-verbose|https-only|no-check-certificate|show-progress|inet4-only|inet6-only))$/;
const WGET_OUTPUT = /^(?:-q?O|--output-document(?==|$)=?)/;

/** `-O -`, `-qO-` and the like name the file already. */
function wgetTo(command: ShellCommand, file: string): Download | undefined {
  const [, ...words] = own(command);
  const at = words.findIndex(({ text }) => WGET_OUTPUT.test(text));
  const [option, next] = words.slice(at);
  if (at < 0 || option === undefined) return undefined;
  const edit = outputTo(option, next, file);
  const isGlued = edit !== undefined && edit.start === option.start;
  const rest = words.toSpliced(at, isGlued ? 1 : 2);
  const operands = rest.filter(({ text }) => !text.startsWith('-'));
  const isKnown = rest.every(({ text }) => !text.startsWith('-') || WGET_FLAG.test(text));
  if (edit === undefined || !isKnown || !isOneAddress(operands)) return undefined;
  return { edits: [edit], option: '' };
}

/** The file in place of the output that the option names. */
function outputTo(
  word: ShellWord,
  next: ShellWord | undefined,
  file: string,
): UnitEdit | undefined {
  const option = WGET_OUTPUT.exec(word.text)?.[0] ?? '';
  if (word.text === `${option}-` && isPlain(word)) {
    return instead(word, `${option}${option.endsWith('=') ? '' : ' '}${file}`);
  }
  const isNext = word.text === option && next?.text === '-' && isPlain(next);
  return isNext ? instead(next, file) : undefined;
}

const ADDRESS = /^(?:(?:https?|ftp|file):\/\/\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:\/\S*)?)$/;

/** One address, which is no pattern of several; a variable may hold a part of it. */
function isOneAddress(operands: readonly ShellWord[]): boolean {
  const [address, ...others] = operands;
  if (address === undefined || others.length > 0) return false;
  const { text, start, inner } = address;
  // In quotes a variable is one word, whatever it holds.
  if (/^\$\{?\w+\}?$/.test(text)) return inner === start + 1;
  return ADDRESS.test(text) && !/[{}[\]`]|\$\(/.test(text.replace(/\$\{\w+\}/g, ''));
}
