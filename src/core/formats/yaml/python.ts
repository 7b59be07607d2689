/** What Python's `str()` makes of a value that PyYAML has read: `True`, `None`, `2.0`, `2024-01-01`. */
import { INTEGER, resolvePlain, TIMESTAMP } from './scalar.js';
import type { YamlScalar } from './text.js';

/**
 * A scalar as text, spelled as Python spells it. `undefined` for what PyYAML refuses: a lone `=`, and
 * dates that do not exist.
 */
export function pythonText({ value, source }: YamlScalar): string | undefined {
  if (value === undefined) return timeText(source);
  if (value === null) return 'None';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return INTEGER.test(source) ? integerText(source) : floatText(value);
}

/** The same for text without quotes, such as a key. */
export function pythonPlain(source: string): string {
  const value = resolvePlain(source);
  return pythonText({ kind: 'scalar', value, source, ...NOWHERE }) ?? source;
}

const NOWHERE = {
  style: 'plain',
  range: [0, 0],
  span: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } },
} as const;

/** Integers have no largest one in Python. */
function integerText(source: string): string {
  const text = source.replaceAll('_', '');
  const digits = text.replace(/^[-+]/, '');
  const size = magnitude(digits);
  return text.startsWith('-') && size !== 0n ? `-${size}` : size.toString();
}

function magnitude(digits: string): bigint {
  if (digits.includes(':')) {
    return digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n);
  }
  return /^0[0-7]/.test(digits) ? BigInt(`0o${digits}`) : BigInt(digits);
}

/** Python's `repr` of a float: the shortest digits, as JavaScript finds them, in another dress. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '', power = ''] = Math.abs(value).toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  return sign + positional(mantissa.replace('.', ''), exponent);
}

/** Digits with the point behind the first `exponent + 1` of them. */
function positional(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${whole}.${digits.slice(exponent + 1) || '0'}`;
}

const TIME =
  /^(?<year>\d{4})-(?<month>\d\d?)-(?<day>\d\d?)(?:(?:[Tt]|[ \t]+)(?<hour>\d\d?):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<fraction>\d*))?(?:[ \t]*(?:(?<utc>Z)|(?<sign>[-+])(?<zoneHour>\d\d?)(?::(?<zoneMinute>\d\d))?))?)?$/;

type Parts = Readonly<Record<string, string | undefined>>;

function timeText(source: string): string | undefined {
  const parts: Parts | undefined = TIMESTAMP.test(source) ? TIME.exec(source)?.groups : undefined;
  if (parts === undefined) return undefined;
  const date = dateText(parts);
  if (date === undefined || parts['hour'] === undefined) return date;
  const time = clockText(parts);
  const zone = parts['utc'] === undefined ? zoneText(parts) : '+00:00';
  return time === undefined || zone === undefined ? undefined : `${date} ${time}${zone}`;
}

const two = (part: string | number | undefined): string => String(part ?? 0).padStart(2, '0');

function dateText({ year = '', month = '', day = '' }: Parts): string | undefined {
  const last = new Date(Date.UTC(2000, 0, 1));
  // The last day of a month, in the year itself: 1900 had no 29 February.
  last.setUTCFullYear(Number(year), Number(month), 0);
  const isMonth = Number(month) >= 1 && Number(month) <= 12 && Number(year) >= 1;
  const isDay = Number(day) >= 1 && Number(day) <= last.getUTCDate();
  return isMonth && isDay ? `${year}-${two(month)}-${two(day)}` : undefined;
}

function clockText({ hour, minute, second, fraction = '' }: Parts): string | undefined {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const micros = fraction.slice(0, 6).padEnd(6, '0');
  const rest = micros === '000000' ? '' : `.${micros}`;
  return `${two(hour)}:${two(minute)}:${two(second)}${rest}`;
}

/** `undefined` for a day or more, which no zone is away. */
function zoneText({ sign, zoneHour = '0', zoneMinute = '0' }: Parts): string | undefined {
  if (sign === undefined) return '';
  const minutes = Number(zoneHour) * 60 + Number(zoneMinute);
  if (minutes >= 24 * 60) return undefined;
  const shown = minutes === 0 ? '+' : sign;
  return `${shown}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
