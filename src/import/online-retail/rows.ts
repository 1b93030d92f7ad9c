import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { DateTime } from 'luxon';
import { parseDecimal } from '../decimal.ts';
import { ImportError } from '../errors.ts';

/** Prices of the set have up to three decimals, so every amount here is in thousandths of a pound. */
export const DIGITS = 3;

/** One row of the file, in its own order. Nothing is dropped: an exact duplicate is a row of its own. */
export type Row = {
  /** Position in the file, from 0; the order in which returns are matched. */
  readonly index: number;
  readonly invoice: string;
  readonly code: string;
  readonly description: string;
  readonly quantity: number;
  /** As written, London time: `2010-12-01 08:26:00`. */
  readonly time: string;
  /** Thousandths. */
  readonly price: number;
  /** Empty where the file names none. */
  readonly customer: string;
  readonly country: string;
};

const columns = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;

/**
 * Reads the CSV as a stream, one row at a time.
 *
 * @throws ImportError HEADER_UNKNOWN when a column is missing, ROW_INVALID (with the line number) when a value cannot
 * be read.
 */
export async function* readRows(source: Readable): AsyncGenerator<Row> {
  const parser = source.pipe(parse({ bom: true, info: true, relax_column_count: true }));
  // A failing source does not end the parser by itself: the loop below would wait for ever.
  source.once('error', (error) => parser.destroy(error));
  let positions: number[] | undefined;
  let index = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (positions === undefined) {
        positions = headerPositions(record);
        continue;
      }
      yield readRow(record, positions, index, info.lines);
      index += 1;
    }
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError('FILE_UNREADABLE', `The file could not be read to its end: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (positions === undefined)
    throw new ImportError('HEADER_UNKNOWN', 'The file is empty; it must begin with a header.');
}

function headerPositions(header: readonly string[]): number[] {
  return columns.map((name) => {
    const position = header.indexOf(name);
    if (position === -1) {
      throw new ImportError('HEADER_UNKNOWN', `The header has no column ${name}; it must be: ${columns.join(',')}`);
    }
    return position;
  });
}

function readRow(record: readonly string[], positions: readonly number[], index: number, line: number): Row {
  const value = (column: number): string => record[positions[column] ?? -1] ?? '';
  const quantity = parseDecimal(value(3), 0);
  const price = parseDecimal(value(5), DIGITS);
  const invalid = (column: string, text: string, why: string): ImportError =>
    new ImportError('ROW_INVALID', `Line ${line}: ${column} ${JSON.stringify(text)} ${why}.`);
  if (value(0) === '') throw invalid('InvoiceNo', '', 'is missing');
  if (value(1) === '') throw invalid('StockCode', '', 'is missing');
  if (quantity === undefined) throw invalid('Quantity', value(3), 'is not a whole number');
  if (price === undefined) throw invalid('UnitPrice', value(5), `is not a decimal with at most ${DIGITS} places`);
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value(4))) {
    throw invalid('InvoiceDate', value(4), 'is not a time like 2010-12-01 08:26:00');
  }
  return {
    index,
    invoice: value(0),
    code: value(1),
    description: value(2),
    quantity,
    time: value(4),
    price,
    // A spreadsheet once held the column as floats: 17850.0 is customer 17850.
    customer: value(6).replace(/\.0+$/, ''),
    country: value(7),
  };
}

/**
 * A London wall-clock time of the file as UTC: `2011-06-01 12:00:00` → `2011-06-01T11:00:00.000Z`.
 *
 * @throws ImportError ROW_INVALID for a date that no calendar has.
 */
export function londonToUtc(time: string): string {
  const parsed = DateTime.fromSQL(time, { zone: 'Europe/London' });
  if (!parsed.isValid) throw new ImportError('ROW_INVALID', `${JSON.stringify(time)} is not a date of any calendar.`);
  return parsed.toUTC().toISO();
}
