/** Rows of a name and a value, values aligned to the right, for a reader. */
export function table(title: string, figures: Readonly<Record<string, number | string>>): string {
  const rows = Object.entries(figures).map(([name, value]): [string, string] => [name, grouped(value)]);
  const nameWidth = Math.max(...rows.map(([name]) => name.length), 0);
  const valueWidth = Math.max(...rows.map(([, value]) => value.length), 0);
  const lines = rows.map(([name, value]) => `  ${name.padEnd(nameWidth)}  ${value.padStart(valueWidth)}`);
  return [title, ...lines].join('\n');
}

/** Thousands separated, decimals as they are; text that is no number stays as it is. */
export function grouped(value: number | string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(String(value));
  if (match === null) return String(value);
  const [, sign = '', whole = '', fraction = ''] = match;
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ',') + fraction;
}
