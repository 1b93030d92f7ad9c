import { describe, expect, it } from 'vitest';
import { addressOf } from '../../runtime/address.ts';
import type { CommandOutcome } from '../../runtime/mail.ts';
import { settled } from '../fixtures/stepped-clock.ts';
import { checkHarmony } from './harmony.ts';
import { CALM, World } from './world.ts';

const order = addressOf('order', 'SO-1');
const stock = addressOf('stock', '85123A');

const place = {
  type: 'place',
  id: 'SO-1',
  customer: 'C-17',
  currency: 'GBP',
  digits: 2,
  lines: [{ sku: '85123A', quantity: 2, unitPrice: 255 }],
  settings: {
    paymentWindowMs: null,
    receiptWindowMs: null,
    returnWindowMs: null,
    prepareTimeoutMs: 10_000,
    retentionMs: 86_400_000,
    participants: {},
  },
};

/** Takes an order as far as being paid for, in a world where nothing goes wrong, and writes down what happens. */
async function paidWith(token: string): Promise<string> {
  const world = new World({ seed: 1, weather: CALM });
  const commands = [
    [stock, { type: 'receive', quantity: 5 }],
    [order, place],
    [order, { type: 'pay', method: { token } }],
  ] as const;
  const send = (index: number) => {
    const command = commands[index];
    if (command === undefined) return;
    world.send(command[0], { event: command[1], cause: 'request' }, (outcome) => {
      world.trace.add(`the client is told: ${told(outcome)}`);
      send(index + 1);
    });
  };
  world.start();
  await settled();
  send(0);
  while (await world.step());
  await checkHarmony(world, []);
  return `${world.trace.lines.join('\n')}\n`;
}

function told(outcome: CommandOutcome): string {
  if (outcome.kind !== 'answered') return outcome.kind;
  const body = JSON.parse(Buffer.from(outcome.bytes).toString('utf8'));
  return outcome.error ? `${body.code}: ${body.message}` : `version ${body.version ?? '–'}, ${body.status ?? 'done'}`;
}

/** The protocol as it looks from outside: `!paid` is an announcement; times are in ms. */
describe('The protocol, told line by line', () => {
  it.each([
    ['pay-commit', 'ok'],
    ['pay-declined', 'declined'],
    ['pay-silent', 'silent'],
  ])('%s', async (name, token) => {
    await expect(await paidWith(token)).toMatchFileSnapshot(`traces/${name}.txt`);
  });
});
