import type { RefusalReason } from '../../src/import/online-retail/returns.ts';

/** So many pieces at a price in thousandths; `code` is `S` for the story's article unless it says otherwise. */
export type Bought = { readonly quantity: number; readonly price: number; readonly code?: string };

/** A row of a C invoice and what must become of it: the orders (by their place in the story) it is matched with. */
export type GivenBack = Bought & {
  readonly customer?: 'none' | 'another';
  readonly fate: RefusalReason | readonly { readonly order: number; readonly quantity: number }[];
};

/** Something that happens to one customer, in file order: `buys` is an invoice of one line, `returns` a C invoice. */
export type Chapter =
  | { readonly buys: Bought }
  /** A line of the invoice of the story's order `order`, but far below it in the file. */
  | { readonly buysLate: Bought; readonly order: number }
  | { readonly returns: readonly GivenBack[] };

/** A customer of their own and an article of their own, so that nothing else in the file can be matched. */
export type Story = { readonly name: string; readonly chapters: readonly Chapter[] };

/** Each rule for matching returns, once. */
export const returnStories: readonly Story[] = [
  {
    name: 'exact quantity and price is taken before a newer line',
    chapters: [
      { buys: { quantity: 5, price: 1000 } },
      { buys: { quantity: 9, price: 1000 } },
      { returns: [{ quantity: 5, price: 1000, fate: [{ order: 0, quantity: 5 }] }] },
    ],
  },
  {
    name: 'the same price with enough open is taken before a newer line',
    chapters: [
      { buys: { quantity: 10, price: 2500 } },
      { buys: { quantity: 20, price: 3000 } },
      { returns: [{ quantity: 4, price: 2500, fate: [{ order: 0, quantity: 4 }] }] },
    ],
  },
  {
    name: 'enough open at any price is taken when the price is not there',
    chapters: [
      { buys: { quantity: 10, price: 2500 } },
      { buys: { quantity: 3, price: 3001 } },
      { returns: [{ quantity: 5, price: 1990, fate: [{ order: 0, quantity: 5 }] }] },
    ],
  },
  {
    name: 'the newest of equal lines is taken',
    chapters: [
      { buys: { quantity: 5, price: 1250 } },
      { buys: { quantity: 5, price: 1250 } },
      { returns: [{ quantity: 5, price: 1250, fate: [{ order: 1, quantity: 5 }] }] },
    ],
  },
  {
    name: 'several lines are taken, newest first, when none has enough',
    chapters: [
      { buys: { quantity: 3, price: 1250 } },
      { buys: { quantity: 4, price: 1350 } },
      {
        returns: [
          {
            quantity: 6,
            price: 1250,
            fate: [
              { order: 1, quantity: 4 },
              { order: 0, quantity: 2 },
            ],
          },
        ],
      },
    ],
  },
  {
    name: 'more than was sold is refused whole, and what was sold stays open',
    chapters: [
      { buys: { quantity: 2, price: 750 } },
      { returns: [{ quantity: 5, price: 750, fate: 'more_than_sold' }] },
      { returns: [{ quantity: 2, price: 750, fate: [{ order: 0, quantity: 2 }] }] },
    ],
  },
  {
    name: 'what has come back already is more than sold, not unsold',
    chapters: [
      { buys: { quantity: 2, price: 42 } },
      { returns: [{ quantity: 2, price: 42, fate: [{ order: 0, quantity: 2 }] }] },
      { returns: [{ quantity: 2, price: 42, fate: 'more_than_sold' }] },
    ],
  },
  {
    name: 'a sale further down in the file does not count',
    chapters: [
      { returns: [{ quantity: 1, price: 950, fate: 'no_earlier_sale' }] },
      { buys: { quantity: 1, price: 950 } },
    ],
  },
  {
    name: 'a line further down does not count, even when its invoice began earlier',
    chapters: [
      { buys: { quantity: 1, price: 990, code: 'other' } },
      { returns: [{ quantity: 1, price: 950, fate: 'no_earlier_sale' }] },
      { buysLate: { quantity: 1, price: 950 }, order: 0 },
    ],
  },
  {
    name: 'a code in another case is another article',
    chapters: [
      { buys: { quantity: 4, price: 5003 } },
      { returns: [{ quantity: 1, price: 5003, code: 'lower', fate: 'no_earlier_sale' }] },
    ],
  },
  {
    name: 'another customer has bought nothing',
    chapters: [
      { buys: { quantity: 4, price: 210 } },
      { returns: [{ quantity: 1, price: 210, customer: 'another', fate: 'no_earlier_sale' }] },
    ],
  },
  {
    name: 'a return without a customer is refused for that',
    chapters: [
      { buys: { quantity: 4, price: 210 } },
      { returns: [{ quantity: 1, price: 210, customer: 'none', fate: 'no_customer' }] },
    ],
  },
  {
    name: 'a fee is refused as no goods, before anything else',
    chapters: [
      { buys: { quantity: 4, price: 210 } },
      {
        returns: [
          { quantity: 1, price: 5000, code: 'M', fate: 'non_stock_line' },
          { quantity: 1, price: 1230, code: 'D', customer: 'none', fate: 'non_stock_line' },
        ],
      },
    ],
  },
  {
    name: 'two rows that come from one line become one line of one return',
    chapters: [
      { buys: { quantity: 5, price: 3750 } },
      {
        returns: [
          { quantity: 1, price: 3750, fate: [{ order: 0, quantity: 1 }] },
          { quantity: 2, price: 3700, fate: [{ order: 0, quantity: 2 }] },
        ],
      },
    ],
  },
];
