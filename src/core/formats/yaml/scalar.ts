/**
 * What Python's reader makes of text without quotes (the implicit resolvers of PyYAML, which are YAML
 * 1.1's but for numbers with an exponent). `undefined` for a date, which no setting holds.
 */
export function resolvePlain(text: string): string | number | boolean | null | undefined {
  if (text.length > LONGEST) return text;
  if (NULL.test(text)) return null;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  // Python has no integer -0.
  if (INTEGER.test(text)) return integerOf(text.replaceAll('_', '')) || 0;
  if (FLOAT.test(text)) return floatOf(text.replaceAll('_', '').toLowerCase());
  return TIMESTAMP.test(text) || text === '=' ? undefined : text;
}

/** No number is longer. */
const LONGEST = 100;
const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
/** Binary, octal, decimal, hexadecimal and, with colons, to the base of sixty. */
export const INTEGER =
  /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][\d_]*|0x[\da-fA-F_]+|[1-9][\d_]*(?::[0-5]?\d)+)$/;
const FLOAT =
  /^(?:[-+]?\d[\d_]*\.[\d_]*(?:[eE][-+]\d+)?|\.\d[\d_]*(?:[eE][-+]\d+)?|[-+]?\d[\d_]*(?::[0-5]?\d)+\.[\d_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** A date, or a date and a time. */
export const TIMESTAMP =
  /^\d{4}-(?:\d\d-\d\d|\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/;

function integerOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (digits.includes(':')) return sign * sixty(digits);
  if (/^0[0-7]/.test(digits)) return sign * parseInt(digits, 8);
  return sign * Number(digits);
}

function floatOf(text: string): number {
  if (text.endsWith('.inf')) return text.startsWith('-') ? -Infinity : Infinity;
  if (text === '.nan') return NaN;
  if (!text.includes(':')) return Number(text);
  return (text.startsWith('-') ? -1 : 1) * sixty(text.replace(/^[-+]/, ''));
}

const sixty = (text: string): number =>
  text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
