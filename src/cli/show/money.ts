/** An amount in units of 10^-digits, as people write it: `3330` with 2 digits is `33.30`. */
export function money(amount: number, digits: number, currency = ''): string {
  const figures = String(Math.abs(amount)).padStart(digits + 1, '0');
  const whole = figures.slice(0, figures.length - digits);
  const sign = amount < 0 ? '-' : '';
  const number = digits === 0 ? sign + whole : `${sign}${whole}.${figures.slice(-digits)}`;
  return currency === '' ? number : `${number} ${currency}`;
}
