import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal } from '../../src/import/decimal.ts';
import { classify, isGoods, toOrder } from '../../src/import/online-retail/invoices.ts';
import { londonToUtc, type Row, readRows } from '../../src/import/online-retail/rows.ts';

const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const good = '536365,85123A,"HEART, ""WHITE""",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom';

async function rows(...lines: string[]): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of readRows(Readable.from([lines.join('\n')]))) all.push(row);
  return all;
}

describe('reading rows', () => {
  it('reads quoted text, thousandths and a customer that was a float', async () => {
    expect(await rows(header, good)).toEqual([
      {
        ...{ index: 0, invoice: '536365', code: '85123A', description: 'HEART, "WHITE"', quantity: 6 },
        ...{ time: '2010-12-01 08:26:00', price: 2550, customer: '17850', country: 'United Kingdom' },
      },
    ]);
  });

  it('finds columns by name, wherever they stand and behind a byte order mark', async () => {
    const [row] = await rows(
      `\ufeffCountry,${header.replace(',Country', '')}`,
      `EIRE,${good.replace(',United Kingdom', '')}`,
    );
    expect(row).toMatchObject({ invoice: '536365', price: 2550, country: 'EIRE' });
  });

  it.each([
    ['a fourth decimal', good.replace('2.55', '2.5555'), /line 2: UnitPrice "2.5555"/i],
    ['a float', good.replace('2.55', '2.55e3'), /UnitPrice/],
    ['half a piece', good.replace(',6,', ',6.5,'), /Quantity "6.5"/],
    ['another date', good.replace('2010-12-01 08:26:00', '01/12/2010 08:26'), /InvoiceDate/],
    ['no stock code', good.replace('85123A', ''), /StockCode/],
    ['a row cut short', '536365,85123A', /Quantity/],
  ])('refuses %s, and names the line', async (_, line, message) => {
    await expect(rows(header, line)).rejects.toMatchObject({
      code: 'ROW_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it('refuses a file without a header that it knows', async () => {
    await expect(rows('a,b,c', '1,2,3')).rejects.toMatchObject({ code: 'HEADER_UNKNOWN' });
    await expect(rows('')).rejects.toMatchObject({ code: 'HEADER_UNKNOWN' });
  });

  it('ends with an error, not in silence, when the source fails', async () => {
    const source = new Readable({ read() {} });
    const reading = (async () => {
      for await (const _ of readRows(source)) expect.unreachable('there is no row');
    })();
    source.destroy(new Error('disk gone'));
    await expect(reading).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringMatching(/disk gone/),
    });
  });
});

describe('amounts', () => {
  it.each([
    ['2.55', 3, 2550],
    ['-11062.06', 3, -11_062_060],
    ['0.001', 3, 1],
    ['7', 3, 7000],
    ['1.2300', 2, 123],
    ['-0.0', 3, 0],
  ])('reads %s with %i digits as %i', (text, digits, units) => {
    expect(parseDecimal(text, digits)).toBe(units);
  });

  it.each(['', '.', '1,5', '1e3', ' 1', '0.0001', '9007199254740993'])('does not read %j', (text) => {
    expect(parseDecimal(text, 3)).toBeUndefined();
  });

  it.each([
    [184_000, '184.00'],
    [9_747_747_934, '9747747.934'],
    [-896_812_490, '-896812.49'],
    [5, '0.005'],
    [0, '0.00'],
  ])('writes %i thousandths as %s', (units, text) => {
    expect(formatDecimal(units, 3)).toBe(text);
  });
});

describe('London time', () => {
  it.each([
    ['2010-12-01 08:26:00', '2010-12-01T08:26:00.000Z'],
    ['2011-03-27 12:00:00', '2011-03-27T11:00:00.000Z'],
    ['2011-10-30 12:00:00', '2011-10-30T12:00:00.000Z'],
  ])('%s is %s', (local, utc) => {
    expect(londonToUtc(local)).toBe(utc);
  });

  it('refuses a date of no calendar', () => {
    expect(() => londonToUtc('2011-02-30 12:00:00')).toThrow(/not a date/);
  });
});

describe('what an invoice is', () => {
  const row = (invoice: string, price: number, quantity = 1): Row => ({
    ...{ index: 0, invoice, code: '22423', description: '', quantity, price },
    ...{ time: '2011-01-01 10:00:00', customer: '', country: '' },
  });

  it.each([
    ['all digits with a price', [row('536365', 0), row('536365', 1)], 'order'],
    ['all digits with nothing priced', [row('536365', 0)], 'zeroPriceOnly'],
    ['all digits, nothing priced, written off', [row('536365', 0, -4)], 'stockAdjustment'],
    ['with a C', [row('C536365', 0, -1)], 'return'],
    ['with an A', [row('A536365', -1)], 'badDebt'],
    ['with anything else', [row('X536365', 1)], 'unknown'],
  ])('%s it is told by its number and prices', (_, invoiceRows, kind) => {
    expect(classify({ number: invoiceRows[0]?.invoice ?? '', rows: invoiceRows })).toBe(kind);
  });

  it.each(['POST', 'BANK CHARGES', 'C2', 'gift_0001_10', 'DCGS0069', 'm', '1234'])('%s is a fee', (code) => {
    expect(isGoods(code)).toBe(false);
  });

  it('gives a customer without a number the name guest', () => {
    expect(toOrder({ number: '536365', rows: [row('536365', 1)] }).order.customer).toBe('guest');
  });

  it('refuses goods sold in a quantity that no order can hold', () => {
    expect(() => toOrder({ number: '536365', rows: [row('536365', 1, 0)] })).toThrow(/no order can hold/);
  });
});
