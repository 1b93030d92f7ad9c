import { type Random, seeded } from '../../src/demo/random.ts';
import type { AsPlaced } from '../../src/import/online-retail/as-placed.ts';
import type { FileStatistics } from '../../src/import/online-retail/statistics.ts';
import { type RetailRow, RetailTally } from './retail-tally.ts';
import { type Chapter, type GivenBack, returnStories, type Story } from './return-stories.ts';

/** A made-up file, and what is known of it because it was made so. */
export type GeneratedFile = {
  readonly csv: string;
  readonly statistics: FileStatistics;
  readonly asPlaced: AsPlaced;
  readonly priceDifferences: { readonly lines: number; readonly net: number };
  /** `C1/536365` → pieces that come back with this command. */
  readonly returns: ReadonlyMap<string, number>;
  /** Order → its time in UTC. */
  readonly placedAt: ReadonlyMap<string, string>;
};

/** An invoice, or a part of one: rows that stand together in the file. Written when its turn comes. */
type Block = (file: Writer) => void;

/**
 * Makes a small file of the same shape as the real set, with all its quirks. Blocks of different stories are shuffled
 * into one another; blocks of one story keep their order.
 */
export function generateOnlineRetail(seed: number, ordinaryOrders = 30): GeneratedFile {
  const random = seeded(seed);
  const stories: Block[][] = [
    ...returnStories.map((story, index) => tellStory(story, index)),
    ...Array.from({ length: ordinaryOrders }, (_, index) => ordinaryOrder(random, index)),
    ...[twoTimes, onlyFees, zeroPriceOnly, stockAdjustment, badDebt, caseTwins, freeGift, zeroFee, interleaved],
  ].map((each) => (Array.isArray(each) ? each : each()));
  const file = new Writer(random);
  while (stories.some((story) => story.length > 0)) {
    const open = stories.filter((story) => story.length > 0);
    open[Math.floor(random() * open.length)]?.shift()?.(file);
  }
  return file.finish();
}

type Line = { code: string; quantity: number; price: number; description?: string; customer?: string };
type Invoice = { readonly number: string; readonly customer: string; readonly time: number };

/** Writes invoices down, one day after the other from December to autumn, through summer time and back. */
class Writer {
  readonly random: Random;
  readonly tally = new RetailTally();
  readonly #csv = ['InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'];
  #number = 536365;
  #day = Date.UTC(2010, 11, 1);

  constructor(random: Random) {
    this.random = random;
  }

  /** A new invoice; its time is London wall-clock time, held as if it were UTC. */
  begin(prefix: '' | 'C' | 'A', customer: string): Invoice {
    this.#number += 1;
    this.#day += (1 + Math.floor(this.random() * 8)) * 86_400_000;
    const time = this.#day + (8 * 60 + Math.floor(this.random() * 600)) * 60_000;
    return { number: `${prefix}${this.#number}`, customer, time };
  }

  /** A row of an invoice; `minutes` moves its time. */
  row(invoice: Invoice, line: Line, minutes = 0): RetailRow {
    const number = this.tally.lines + 1;
    const row = {
      invoice: invoice.number,
      code: line.code,
      // Numbered, so that no two rows are equal by accident.
      description: line.description ?? `MADE, OF "WOOD" ${number}`,
      quantity: line.quantity,
      time: new Date(invoice.time + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' '),
      price: line.price,
      customer: line.customer ?? invoice.customer,
    };
    this.write(row);
    return row;
  }

  write(row: RetailRow): void {
    this.tally.row(row);
    const price = String(row.price / 1000);
    const fields = [row.invoice, row.code, row.description, String(row.quantity), row.time];
    fields.push(price.includes('.') ? price : `${price}.0`, row.customer === '' ? '' : `${row.customer}.0`, 'EIRE');
    this.#csv.push(fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(','));
  }

  finish(): GeneratedFile {
    return { csv: `${this.#csv.join('\n')}\n`, ...this.tally.figures() };
  }
}

function ordinaryOrder(random: Random, index: number): Block[] {
  const customer = random() < 0.2 ? '' : String(12000 + index);
  return [
    (file) => {
      const invoice = file.begin('', customer);
      file.tally.order(invoice);
      const lines = 1 + Math.floor(random() * 5);
      let repeats = false;
      for (let number = 0; number < lines; number += 1) {
        const quantity = 1 + Math.floor(random() * 50);
        const price = 1 + Math.floor(random() * 20_000);
        const description = random() < 0.1 ? '' : undefined;
        const line = {
          code: `2${1000 + index}${number}A`,
          quantity,
          price,
          ...(description !== undefined && { description }),
        };
        const row = file.row(invoice, line);
        file.tally.goods(row);
        if (random() < 0.2) {
          const again = file.row(invoice, { ...line, description: `SAME CODE ${number}`, quantity: quantity + 1 });
          file.tally.goods(again);
          repeats = true;
        }
        if (random() < 0.2) {
          file.write(row);
          file.tally.goods(row);
          file.tally.duplicates += 1;
          repeats = true;
        }
      }
      if (repeats) file.tally.repeatingInvoices += 1;
      if (random() < 0.3) file.tally.fee(file.row(invoice, { code: 'POST', quantity: 3, price: 18_000 }));
    },
  ];
}

function twoTimes(): Block[] {
  return [
    (file) => {
      const invoice = file.begin('', '12990');
      file.tally.goods(file.row(invoice, { code: '84029G', quantity: 2, price: 3390 }));
      // The earlier line comes second: the order's time is still the earlier one.
      file.tally.goods(file.row(invoice, { code: '84029E', quantity: 2, price: 3390 }, -1));
      file.tally.order({ ...invoice, time: invoice.time - 60_000 });
      file.tally.twoTimes += 1;
    },
  ];
}

function onlyFees(): Block[] {
  return [
    (file) => {
      const invoice = file.begin('', '');
      file.tally.order(invoice);
      file.tally.fee(file.row(invoice, { code: 'BANK CHARGES', quantity: 1, price: 15_000 }));
      file.tally.fee(file.row(invoice, { code: 'gift_0001_20', quantity: 2, price: 16_670 }));
      file.tally.feeOnly += 1;
    },
  ];
}

function zeroPriceOnly(): Block[] {
  return [
    (file) => {
      file.row(file.begin('', ''), { code: '21777', quantity: 10, price: 0, description: '' });
      file.tally.zeroPriceOnly += 1;
    },
  ];
}

function stockAdjustment(): Block[] {
  return [
    (file) => {
      file.row(file.begin('', ''), { code: '21777', quantity: -38, price: 0, description: 'damages, "wet"' });
      file.tally.stockAdjustments += 1;
    },
  ];
}

function badDebt(): Block[] {
  return [
    (file) => {
      file.row(file.begin('A', ''), { code: 'B', quantity: 1, price: -11_062_060, description: 'Adjust bad debt' });
      file.tally.badDebts += 1;
    },
  ];
}

function caseTwins(): Block[] {
  return [
    (file) => {
      const invoice = file.begin('', '12991');
      file.tally.order(invoice);
      file.tally.goods(file.row(invoice, { code: '15056BL', quantity: 7, price: 5950 }));
      file.tally.goods(file.row(invoice, { code: '15056bl', quantity: 11, price: 5951 }));
      file.tally.goods(file.row(invoice, { code: '90214 A', quantity: 1, price: 1063 }));
    },
  ];
}

function freeGift(): Block[] {
  return [
    (file) => {
      const invoice = file.begin('', '12992');
      file.tally.order(invoice);
      file.tally.goods(file.row(invoice, { code: '22423', quantity: 1, price: 0 }));
      file.tally.goods(file.row(invoice, { code: '22424', quantity: 3, price: 1 }));
    },
  ];
}

function zeroFee(): Block[] {
  return [
    (file) => {
      const invoice = file.begin('', '12993');
      file.tally.order(invoice);
      file.tally.goods(file.row(invoice, { code: '22425', quantity: 3, price: 120 }));
      file.tally.fee(file.row(invoice, { code: 'M', quantity: 1, price: 0 }));
    },
  ];
}

function interleaved(): Block[] {
  let invoice: Invoice | undefined;
  const part =
    (code: string): Block =>
    (file) => {
      if (invoice === undefined) {
        invoice = file.begin('', '12994');
        file.tally.order(invoice);
      }
      file.tally.goods(file.row(invoice, { code, quantity: 2, price: 850 }));
    };
  return [part('22001'), part('22002'), part('22003')];
}

function tellStory(story: Story, index: number): Block[] {
  const customer = String(17850 + index);
  const codes = { S: `${70000 + index}XY`, lower: `${70000 + index}xy`, other: `${71000 + index}` };
  const codeOf = (code = 'S'): string => (codes as Record<string, string>)[code] ?? code;
  const orders: Invoice[] = [];
  const prices: number[] = [];
  const buy = (
    file: Writer,
    invoice: Invoice,
    chapter: Extract<Chapter, { buys: unknown } | { buysLate: unknown }>,
  ) => {
    const { quantity, price, code } = 'buys' in chapter ? chapter.buys : chapter.buysLate;
    file.tally.goods(file.row(invoice, { code: codeOf(code), quantity, price }));
    return price;
  };
  const giveBack = (file: Writer, invoice: Invoice, { quantity, price, code, customer: who, fate }: GivenBack) => {
    const by = who === 'none' ? '' : who === 'another' ? '18999' : customer;
    file.row(invoice, { code: codeOf(code), quantity: -quantity, price, customer: by });
    const parts =
      typeof fate === 'string'
        ? fate
        : fate.map((part) => ({ ...part, invoice: orders[part.order]?.number ?? '', price: prices[part.order] ?? 0 }));
    file.tally.givenBack(invoice.number, quantity, price, parts);
  };
  return story.chapters.map(
    (chapter): Block =>
      (file) => {
        if ('buys' in chapter) {
          const invoice = file.begin('', customer);
          file.tally.order(invoice);
          prices.push(buy(file, invoice, chapter));
          orders.push(invoice);
        } else if ('buysLate' in chapter) {
          const invoice = orders[chapter.order];
          if (invoice !== undefined) buy(file, invoice, chapter);
        } else {
          const invoice = file.begin('C', customer);
          file.tally.returnInvoices += 1;
          if (new Set(chapter.returns.map((row) => row.code)).size < chapter.returns.length)
            file.tally.repeatingInvoices += 1;
          for (const row of chapter.returns) giveBack(file, invoice, row);
        }
      },
  );
}
