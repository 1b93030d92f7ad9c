import { between, pick, type Random } from './random.ts';

/** Something that the demo's shop sells; `price` in cents. */
export type Product = { readonly sku: string; readonly name: string; readonly price: number };

/** What the shop has on its shelves. */
export const products: readonly [Product, ...Product[]] = [
  { sku: 'TEA-01', name: 'Darjeeling, first flush', price: 1290 },
  { sku: 'TEA-02', name: 'Smoked Lapsang', price: 990 },
  { sku: 'POT-01', name: 'Cast-iron teapot', price: 5450 },
  { sku: 'CUP-01', name: 'Stoneware cup', price: 1475 },
  { sku: 'KET-01', name: 'Gooseneck kettle', price: 7900 },
  { sku: 'HON-01', name: 'Heather honey', price: 845 },
  { sku: 'BIS-01', name: 'Shortbread tin', price: 620 },
  { sku: 'TRA-01', name: 'Walnut tray', price: 3200 },
  { sku: 'SPO-01', name: 'Tea spoon, pewter', price: 410 },
  { sku: 'LAM-01', name: 'Reading lamp', price: 8900 },
];

/** What the shop sells and never has: an order of it is refused for lack of stock. */
export const neverThere: Product = { sku: 'UNI-01', name: 'Unicorn, porcelain', price: 12900 };

const firstNames = [
  'Ada',
  'Blaise',
  'Chen',
  'Dorothy',
  'Edsger',
  'Fatima',
  'Grace',
  'Haruki',
  'Ines',
  'Jorge',
] as const;
const lastNames = [
  'Ahmadi',
  'Brandt',
  'Costa',
  'Dubois',
  'Eriksen',
  'Fischer',
  'Greene',
  'Hayashi',
  'Ivanova',
] as const;
const cities = ['Bergen', 'Cork', 'Dresden', 'Lyon', 'Porto', 'Turin', 'Utrecht', 'Vilnius'] as const;

/** A made-up customer. */
export function madeUpCustomer(random: Random): { name: string; city: string } {
  return { name: `${pick(random, firstNames)} ${pick(random, lastNames)}`, city: pick(random, cities) };
}

/** One to three different products, one to four pieces of each. */
export function madeUpBasket(random: Random): { product: Product; quantity: number }[] {
  const basket = new Map<string, { product: Product; quantity: number }>();
  for (let number = between(random, 1, 3); number > 0; number -= 1) {
    const product = pick(random, products);
    basket.set(product.sku, { product, quantity: between(random, 1, 4) });
  }
  return [...basket.values()];
}
