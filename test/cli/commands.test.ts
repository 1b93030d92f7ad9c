import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from '../fixtures/command-line.ts';
import { orderView } from '../fixtures/views.ts';

let ordo: CommandLine;

beforeAll(async () => {
  ordo = await CommandLine.start();
});
afterAll(() => ordo.stop());
afterEach(() => ordo.quiet());

const sent: [args: string[], subject: string, body: object][] = [
  [
    ['place', '--customer', 'C-17', '--currency', 'GBP', '--line', '85123A:6:255', '--line', 'B:1:100:Cup: blue'],
    'orders.place',
    {
      customer: 'C-17',
      currency: 'GBP',
      lines: [
        { sku: '85123A', quantity: 6, unitPrice: 255 },
        { sku: 'B', quantity: 1, unitPrice: 100, name: 'Cup: blue' },
      ],
    },
  ],
  [
    ['place', '--id', 'SO 1', 'order.json', '--currency', 'EUR', '--fee', 'POST:1800', '--fee', 'D:-5', '--by', 'ann'],
    'orders.place.SO=201',
    {
      customer: 'from file',
      currency: 'EUR',
      fees: [
        { code: 'POST', amount: 1800 },
        { code: 'D', amount: -5 },
      ],
      by: 'ann',
    },
  ],
  [['place', '-'], 'orders.place', { customer: 'from standard input' }],
  [['place', '--json-body', '{"customer":"C"}'], 'orders.place', { customer: 'C' }],
  [['pay', 'SO-1'], 'orders.pay.SO-1', {}],
  [
    ['pay', 'SO-1', '--token', 'ok', '--amount', '3330', '--expected-version', '4', '--by', 'web'],
    'orders.pay.SO-1',
    { amount: 3330, method: { provider: 'sandbox', token: 'ok' }, expectedVersion: 4, by: 'web' },
  ],
  [['pay', 'SO-1', '--json-body', '{"amount":1}', '--amount', '2'], 'orders.pay.SO-1', { amount: 2 }],
  [['ship', 'SO-1'], 'orders.ship.SO-1', {}],
  [
    ['ship', 'SO-1', '--line', '1:4', '--line', '2:1', '--carrier', 'DHL', '--tracking', 'X'],
    'orders.ship.SO-1',
    {
      lines: [
        { line: 1, quantity: 4 },
        { line: 2, quantity: 1 },
      ],
      carrier: 'DHL',
      tracking: 'X',
    },
  ],
  [
    ['deliver', 'SO-1', '--parcel', 'P1', '--failed', '--reason', 'nobody in'],
    'orders.deliver.SO-1',
    { parcel: 'P1', failed: true, reason: 'nobody in' },
  ],
  [['deliver', 'SO-1', '--parcel', 'P1', '--lost'], 'orders.deliver.SO-1', { parcel: 'P1', lost: true }],
  [['confirm-receipt', 'SO-1'], 'orders.confirmReceipt.SO-1', {}],
  [['cancel', 'SO-1', '--reason', 'customer'], 'orders.cancel.SO-1', { reason: 'customer' }],
  [['cancel', 'SO-1', '--line', '2:1'], 'orders.cancel.SO-1', { lines: [{ line: 2, quantity: 1 }] }],
  [
    ['return', 'SO-1', '--line', '1:2:writeoff', '--line', '2:1', '--refund', '0'],
    'orders.return.SO-1',
    {
      lines: [
        { line: 1, quantity: 2, restock: false },
        { line: 2, quantity: 1 },
      ],
      refund: 0,
    },
  ],
  [['refund', 'SO-1', '500', '--reason', 'goodwill'], 'orders.refund.SO-1', { amount: 500, reason: 'goodwill' }],
  [['amend', 'SO-1', '--address', '{"city":"Leeds"}'], 'orders.amend.SO-1', { shippingAddress: { city: 'Leeds' } }],
  [['note', 'SO-1', 'call first'], 'orders.note.SO-1', { text: 'call first' }],
  [['get', 'SO-1'], 'orders.get.SO-1', {}],
  [['wait', 'SO-1', '--status', 'paid', '--for', '2s'], 'orders.wait.SO-1', { status: 'paid', timeoutMs: 2000 }],
];

it.each(sent)('%j asks %s', async (args, subject, body) => {
  await ordo.serve(() => orderView());
  const files = {
    'order.json': '{"customer":"from file","currency":"GBP"}',
    '-': '{"customer":"from standard input"}',
  };
  const { exitCode, errors, received } = await ordo.run(args, files);
  expect(errors).toBe('');
  expect(exitCode).toBe(0);
  expect(received).toEqual([[subject, body]]);
});

const stock = { sku: '85123A', onHand: 100, reserved: 6, available: 94 };
const at = '2010-12-01T08:26:00.000Z';
const failed = [{ guard: 'isPaidOrOnAccount', why: 'it is not paid yet' }];
const shown: [args: string[], subject: string, body: object, answer: object, ...texts: string[]][] = [
  [
    ['history', 'SO-1', '--after', '3'],
    'orders.history.SO-1',
    { after: 3 },
    {
      entries: [
        { seq: 4, at, event: { type: 'note', text: 'x' }, by: 'ann', cause: null, from: { a: '1' }, to: { a: '2' } },
      ],
    },
    'note',
    'ann',
    'a 2',
  ],
  [
    ['explain', 'SO-1'],
    'orders.explain.SO-1',
    {},
    { commands: [{ command: 'ship', accepted: false, failed }] },
    'ship',
    'isPaidOrOnAccount: it is not paid yet',
  ],
  [
    ['what-if', 'SO-1', 'cancel', '{"type":"refund","amount":5}'],
    'orders.whatIf.SO-1',
    { events: [{ type: 'cancel' }, { type: 'refund', amount: 5 }] },
    { steps: [{ event: { type: 'cancel' }, accepted: true, state: { life: 'canceled' }, effects: [], failed: [] }] },
    'life canceled',
  ],
  [['counts'], 'orders.counts', {}, { status: { paid: 3 }, state: { 'payment.paid': 3 } }, 'payment.paid'],
  [['stock', 'get', 'BANK CHARGES'], 'stock.get.BANK=20CHARGES', {}, stock, '94'],
  [
    ['stock', 'receive', '85123A', '100', '--by', 'ann'],
    'stock.receive.85123A',
    { quantity: 100, by: 'ann' },
    stock,
    '94',
  ],
];

describe.each(shown)('%j', (args, subject, body, answer, ...texts) => {
  it(`asks ${subject} and shows the answer to people`, async () => {
    await ordo.serve(() => answer);
    const { exitCode, output, errors, received } = await ordo.run(args);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(received).toEqual([[subject, body]]);
    for (const text of texts) expect(output).toContain(text);
  });

  it('prints the answer as it is with --json', async () => {
    await ordo.serve(() => answer);
    const { output } = await ordo.run([...args, '--json']);
    expect(output).toBe(`${JSON.stringify(answer)}\n`);
  });
});

it('shows an order on one screen', async () => {
  await ordo.serve(() => orderView({ customer: 'C\u001b[2J17' }));
  const { output } = await ordo.run(['get', 'SO-1001']);
  expect(output).toBe(`\
SO-1001  paid  version 4
customer C\ufffd[2J17, prepaid, placed 2010-12-01 09:26:00 (34m ago), updated 33m ago
total 33.30 GBP: due 33.30, captured 33.30, outstanding 0.00, refunded 0.00 (paid)

line  sku     name                 price  ordered  canceled  reserved  shipped  delivered  returned
   1  85123A  WHITE HANGING HEART   2.55        6         0         6        0          0         0

fee   amount  name
POST   18.00

parcel  status    line:quantity  carrier  tracking  shipped  delivered  attempts
P1      underWay  1:4            DHL      JD014     33m ago                    0

note                 by   text
2010-12-01 09:26:40  ann  call first

last transaction SO-1001~1 pay committed
takes now: amend, cancel, note, refund, ship
`);
});

it('shows times in UTC with --utc', async () => {
  await ordo.serve(() => orderView());
  const { output } = await ordo.run(['get', 'SO-1001', '--utc']);
  expect(output).toContain('placed 2010-12-01 08:26:00Z (34m ago)');
});

it("shows payments in the order's currency", async () => {
  const entries = [{ id: 'e1', kind: 'charge', amount: 3330, at, transaction: 'SO-1~1', reason: null }];
  const ledger = { order: 'SO-1', authorized: 0, captured: 3330, refunded: 0, entries };
  await ordo.serve(({ subject }) => (subject.startsWith('payments') ? ledger : orderView({ digits: 3 })));
  expect((await ordo.run(['payments', 'SO-1', '--json'])).output).toBe(`${JSON.stringify(ledger)}\n`);
  expect((await ordo.run(['payments', 'SO-1'])).output).toBe(`\
SO-1: authorized 0.000 GBP, captured 3.330 GBP, refunded 0.000 GBP
entry  kind       amount  at                   transaction  reason
e1     charge  3.330 GBP  2010-12-01 09:26:00  SO-1~1
`);
});

describe('what the caller says about a command', () => {
  it('travels in the headers', async () => {
    await ordo.serve(() => orderView());
    await ordo.run(['pay', 'SO-1', '--request-id', 'r1', '--deadline', '2030-01-01T01:00:00+01:00']);
    const headers = ordo.received[0]?.message.headers;
    expect(headers?.get('Ordo-Request-Id')).toBe('r1');
    expect(headers?.get('Ordo-Deadline')).toBe('2030-01-01T00:00:00.000Z');
  });
});
