import { hash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AnswerOf, endpoints, limits } from '../../src/contracts/index.ts';
import { restoreBackup } from '../../src/store/backup/restore.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { flipValue } from './fixtures/behind.ts';
import { FilledStore, LIVES } from './fixtures/filled-store.ts';
import { examined, loadFile } from './fixtures/tools.ts';

let filled: FilledStore;
let service: TestService;
let data: string;
let copies = 0;

beforeAll(async () => {
  filled = await FilledStore.make();
});
afterAll(() => filled.remove());
beforeEach(async () => {
  copies += 1;
  data = await filled.copy(`serving-${copies}`);
  service = await TestService.start({ settings: { data } });
});
afterEach(() => service.stop());

type Tool = 'backup' | 'dump' | 'doctor';

/** Asks for a piece, and checks that the answer is what the contract says. */
async function piece<T extends Tool>(tool: T, body: object = {}): Promise<AnswerOf<`admin.${T}`>> {
  const answer = await service.client.ask(`admin.${tool}`, body);
  return endpoints[`admin.${tool}`].answer.parse(answer) as AnswerOf<`admin.${T}`>;
}

/** Pulls everything to its end; `between` is done after each piece but the last. */
async function pulled<T extends Tool>(tool: T, between: () => Promise<unknown> = async () => {}) {
  const pieces = [await piece(tool)];
  for (let last = pieces[0]; last?.last === false; last = pieces.at(-1)) {
    await between();
    pieces.push(await piece(tool, { session: last.session, piece: last.piece + 1 }));
  }
  return pieces;
}

async function fileOf(tool: 'backup' | 'dump', between?: () => Promise<unknown>): Promise<string> {
  const pieces = await pulled(tool, between);
  const path = filled.path(`${tool}-${copies}`);
  await writeFile(path, Buffer.concat(pieces.map(({ data: bytes }) => Buffer.from(bytes, 'base64'))));
  return path;
}

describe('While the service serves,', () => {
  /** Orders of some size, so that there are several pieces. */
  async function grow(): Promise<void> {
    for (let nth = 0; nth < 60; nth += 1) {
      const noise = Array.from({ length: 90 }, (_, part) => hash('sha512', `${nth}/${part}`, 'base64'));
      const metadata = { text: noise.join('') };
      await service.client.order('place', `G-${nth}`, {
        customer: 'C',
        currency: 'GBP',
        fees: [{ code: 'F', amount: 1 }],
        metadata,
      });
    }
  }

  it('a backup has all that was there when it began, and nothing that came after', async () => {
    await grow();
    const before = await service.client.ask<{ status: object }>('orders.counts');
    let notes = 0;
    const path = await fileOf('backup', async () => {
      notes += 1;
      await service.client.order('place', `L-${notes}`, {
        customer: 'C',
        currency: 'GBP',
        fees: [{ code: 'F', amount: 1 }],
      });
      await service.client.order('note', 'G-1', { text: 'meanwhile' });
    });
    expect(notes).toBeGreaterThan(0);
    const directory = filled.path(`restored-${copies}`);
    await restoreBackup(path, directory, () => {});
    expect((await examined(directory)).found).toEqual([]);
    const other = await TestService.start({ settings: { data: directory } });
    expect(await other.client.ask('orders.counts')).toEqual(before);
    expect(await other.client.order('get', 'G-1')).toMatchObject({ notes: [] });
    await other.stop();
  });

  it('a dump has all that was there when it began, and loads into a sound store', async () => {
    const path = await fileOf('dump', () => service.client.order('note', LIVES.returned, { text: 'meanwhile' }));
    expect(await readFile(path, 'utf8')).not.toContain('meanwhile');
    const directory = filled.path(`loaded-${copies}`);
    await loadFile(path, directory);
    expect((await examined(directory)).found).toEqual([]);
  });

  it('the doctor finds it sound, whatever is under way', async () => {
    const held = service.client.send(`orders.ship.${LIVES.declined}`, '{}');
    const pieces = await pulled('doctor');
    expect(pieces.flatMap(({ findings }) => findings)).toEqual([]);
    expect(pieces.at(-1)?.report).toMatchObject({ isSound: true, actors: { order: 5 } });
    await service.pass(3_000, held);
  });

  it('the doctor tells what is damaged', async () => {
    await service.stopNode();
    await flipValue(data, `!actors!order/${LIVES.returned}`);
    await service.startNode();
    const pieces = await pulled('doctor');
    expect(pieces.flatMap(({ findings }) => findings)).toContainEqual({
      code: 'VALUE_DAMAGED',
      severity: 'error',
      address: 'order/SO-1',
      message: 'The record of order/SO-1 is damaged: its checksum does not match.',
      advice: expect.stringMatching(/rebuild/),
    });
    expect(pieces.at(-1)?.report?.isSound).toBe(false);
  });
});

describe('A session', () => {
  it('gives its newest piece again, as often as it is asked for', async () => {
    const first = await piece('dump');
    expect(await piece('dump', { session: first.session })).toEqual(first);
    expect(await piece('dump', { session: first.session, piece: 0 })).toEqual(first);
  });

  it('refuses pieces out of their order, and says which it has', async () => {
    const { session, last, piece: nth } = await piece('dump');
    expect({ last, nth }).toEqual({ last: true, nth: 0 });
    const { body } = await service.client.refused('admin.dump', { session, piece: 1 });
    expect(body).toMatchObject({
      code: 'INVALID_REQUEST',
      details: { fields: [{ path: 'piece', why: 'must be 0, which was the last' }] },
    });
  });

  it('is over when it is closed', async () => {
    const { session } = await piece('backup');
    await piece('backup', { session, close: true });
    expect((await service.client.refused('admin.backup', { session })).body.code).toBe('SESSION_NOT_FOUND');
  });

  it('is closed when nobody has asked for its next piece for a while, and not before', async () => {
    const { session } = await piece('doctor');
    await service.clock.pass(limits.sessionIdleMs - 1);
    await piece('doctor', { session });
    await service.clock.pass(limits.sessionIdleMs - 1);
    await piece('doctor', { session });
    await service.clock.pass(limits.sessionIdleMs);
    expect((await service.client.refused('admin.doctor', { session })).body.code).toBe('SESSION_NOT_FOUND');
  });

  it('is one of a few: more are refused until one ends', async () => {
    const sessions: string[] = [];
    for (let nth = 0; nth < limits.sessions; nth += 1) sessions.push((await piece('dump')).session);
    const { body } = await service.client.refused('admin.backup');
    expect(body).toMatchObject({ code: 'BUSY', retriable: true });
    await piece('dump', { session: sessions[0], close: true });
    await piece('backup');
  });

  it('does not keep the service from stopping, nor lives on in the next', async () => {
    const { session } = await piece('backup');
    await service.restart();
    expect((await service.client.refused('admin.backup', { session })).body.code).toBe('SESSION_NOT_FOUND');
  });
});

describe('Timers', () => {
  const timers = async (body: object = {}) => {
    const answer = endpoints['admin.timers'].answer.parse(await service.client.ask('admin.timers', body));
    return answer as AnswerOf<'admin.timers'>;
  };

  it('are told with their actor, the delay and the state, soonest first', async () => {
    const { actors, cursor } = await timers({ type: 'order' });
    expect(cursor).toBeNull();
    expect(actors.map(({ address }) => address)).toEqual(
      expect.arrayContaining([`order/${LIVES.unpaid}`, `order/${LIVES.returned}`]),
    );
    expect(actors.map(({ next }) => next)).toEqual(actors.map(({ next }) => next).toSorted());
    expect(actors.find(({ address }) => address === `order/${LIVES.unpaid}`)?.timers).toEqual([
      {
        id: 'xstate.after.paymentWindow.order.payment.unpaid',
        due: '2010-12-01T08:56:02.000Z',
        delay: 'paymentWindow',
        state: 'order.payment.unpaid',
      },
    ]);
  });

  it('come a page at a time, each actor once', async () => {
    const all = (await timers({ limit: 500 })).actors;
    const paged: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page: AnswerOf<'admin.timers'> = await timers({ limit: 2, cursor });
      expect(page.actors.length).toBeLessThanOrEqual(2);
      paged.push(...page.actors);
      cursor = page.cursor;
    } while (cursor !== null);
    expect(paged).toEqual(all);
    expect(new Set(all.map(({ address }) => address)).size).toBe(all.length);
  });

  it('can be had of one type, and of those that are due soon', async () => {
    expect(
      (await timers({ type: 'transaction' })).actors.every(({ address }) => address.startsWith('transaction/')),
    ).toBe(true);
    expect(await timers({ type: 'nobody' })).toEqual({ actors: [], cursor: null });
    const soon = (await timers({ dueWithinMs: 31 * 60_000, type: 'order' })).actors.map(({ address }) => address);
    expect(soon).toContain(`order/${LIVES.unpaid}`);
    expect(soon).not.toContain(`order/${LIVES.returned}`);
  });
});
