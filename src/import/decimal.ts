/**
 * Decimal text to an integer in units of 10^-`digits`, without a float on the way.
 *
 * @returns undefined when the text is not a plain decimal, has more decimals than `digits` (unless they are zeros), or
 * is beyond the safe integers.
 */
export function parseDecimal(text: string, digits: number): number | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  if (/[1-9]/.test(fraction.slice(digits))) return undefined;
  const units = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  if (!Number.isSafeInteger(units)) return undefined;
  return sign === '-' && units !== 0 ? -units : units;
}

/** An integer in units of 10^-`digits` as text, with at least `atLeast` decimals: (184000, 3) → `184.00`. */
export function formatDecimal(units: number, digits: number, atLeast = 2): string {
  const text = Math.abs(units)
    .toString()
    .padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  let fraction = text.slice(text.length - digits);
  while (fraction.length > atLeast && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  return `${units < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
