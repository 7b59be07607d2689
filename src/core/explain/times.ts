/** Seconds since 1970, a fraction allowed, as ISO 8601 in UTC; as written where that cannot be. */
export function isoSeconds(seconds: string | number): string {
  const text = String(seconds);
  const [, whole, fraction = ''] = /^(-?\d{1,13})(\.\d+)?$/.exec(text) ?? [];
  const date = new Date(Number(whole) * 1000);
  if (whole === undefined || Number.isNaN(date.getTime())) return text;
  return `${date.toISOString().slice(0, -5)}${fraction}Z`;
}

/** MS-DOS date and time, two seconds fine and without a timezone. */
export function dosTime(date: number, time: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [((date >> 9) & 0x7f) + 1980, two((date >> 5) & 15), two(date & 31)].join('-');
  return `${day} ${[time >> 11, (time >> 5) & 63, (time & 31) * 2].map(two).join(':')}`;
}
