import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from '../fixtures/command-line.ts';
import { FakeError } from '../fixtures/fake-service.ts';
import { orderView } from '../fixtures/views.ts';

let ordo: CommandLine;

beforeAll(async () => {
  ordo = await CommandLine.start();
});
afterAll(() => ordo.stop());
afterEach(() => ordo.quiet());

function announce(order: string, kind: string, version: number, change: object): void {
  const sent = {
    'ce-specversion': '1.0',
    'ce-id': `order/${order}/${version}/0`,
    'ce-type': `ordo.order.${kind}`,
    'ce-source': '/ordo',
    'ce-subject': order,
    'ce-time': '2010-12-01T08:26:00.123Z',
  };
  ordo.announce(`events.order.${order}.${kind}`, JSON.stringify({ order, version, change }), sent);
}

/** Has these things announced as soon as somebody has looked at what there is. */
async function serveThen(announcing: () => void): Promise<void> {
  await ordo.serve(({ subject, message }) => {
    message.respond(
      JSON.stringify(subject === 'orders.counts' ? { status: {}, state: {} } : orderView({ id: 'SO-1' })),
    );
    announcing();
    return undefined;
  });
}

describe('ordo watch', () => {
  it('shows what is announced of an order, until what is waited for', async () => {
    await serveThen(() => {
      announce('SO-2', 'completed', 9, {});
      announce('SO-1', 'shipped', 5, { parcel: 'P1' });
      announce('SO-1', 'completed', 7, {});
      announce('SO-1', 'returned', 8, {});
    });
    const { exitCode, output, errors } = await ordo.run(['watch', 'SO-1', '--until', 'completed']);
    expect(exitCode).toBe(0);
    expect(errors).toBe('Watching SO-1: paid, version 4.\n');
    expect(output).toBe(`\
2010-12-01 09:26:00.123  SO-1  shipped  version 5  parcel=P1
2010-12-01 09:26:00.123  SO-1  completed  version 7
`);
  });

  it('shows all orders, as JSON a line each with --json', async () => {
    await serveThen(() => {
      announce('SO-1', 'placed', 1, {});
      announce('SO-2', 'paid', 3, {});
    });
    const { output } = await ordo.run(['watch', '--json', '--until', 'paid']);
    expect(
      output
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        id: 'order/SO-1/1/0',
        time: '2010-12-01T08:26:00.123Z',
        source: 'order',
        type: 'placed',
        data: { order: 'SO-1', version: 1, change: {} },
      },
      {
        id: 'order/SO-2/3/0',
        time: '2010-12-01T08:26:00.123Z',
        source: 'order',
        type: 'paid',
        data: { order: 'SO-2', version: 3, change: {} },
      },
    ]);
  });

  it('leaves out what is no announcement, and says so', async () => {
    await serveThen(() => {
      ordo.announce('events.order.SO-1.paid', '{"broken');
      announce('SO-1', 'completed', 7, {});
    });
    const { exitCode, output, errors } = await ordo.run(['watch', 'SO-1', '--until', 'completed']);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^2010-12-01 09:26:00\.123 {2}SO-1 {2}completed {2}version 7\n$/);
    expect(errors).toMatch(/\nLeft out, for it is no announcement: events\.order\.SO-1\.paid: /);
  });

  it('ends with 0 at Ctrl-C, which is how it ends, and with 130 where something was waited for', async () => {
    await serveThen(() => void process.emit('SIGINT'));
    expect(await ordo.run(['watch'])).toMatchObject({ exitCode: 0, output: '' });
    expect(await ordo.run(['watch', 'SO-1', '--until', 'paid'])).toMatchObject({ exitCode: 130 });
  });

  it('says so where there is no such order, or no service', async () => {
    expect((await ordo.run(['watch'])).exitCode).toBe(5);
    await ordo.serve(() => new FakeError('ORDER_NOT_FOUND'));
    expect((await ordo.run(['watch', 'nobody'])).exitCode).toBe(4);
  });
});
