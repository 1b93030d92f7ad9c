import fc from 'fast-check';
import { type MsgHdrs, headers as makeHeaders } from 'nats';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { readAnnouncement } from '../../../src/client/follow/announcement.ts';
import { type AnnouncementKind, type AnnouncementSource, announcementKinds } from '../../../src/contracts/index.ts';
import { isWellFormed } from '../../../src/contracts/schema/text.ts';
import { announcementMessage } from '../../fixtures/announcing.ts';

const paid = () => announcementMessage({ address: 'order/SO-1', type: 'paid', seq: 3, change: { amount: 400 } });

function withHeader(name: string, value: string | undefined): { headers: MsgHdrs } {
  const changed = makeHeaders();
  const { headers } = paid();
  for (const key of headers.keys()) changed.set(key, headers.get(key));
  if (value === undefined) changed.delete(name);
  else changed.set(name, value);
  return { headers: changed };
}

const json = (value: unknown) => ({ data: new TextEncoder().encode(JSON.stringify(value)) });

const sources = Object.keys(announcementKinds) as AnnouncementSource[];
const kinds = sources.flatMap((source) =>
  announcementKinds[source].map((kind: AnnouncementKind) => ({ source, kind })),
);
const ids: Readonly<Record<AnnouncementSource, string>> = { order: 'order', transaction: 'transaction', stock: 'sku' };

describe('Reading an announcement', () => {
  it('gives what the service announced, whatever it is about', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }).filter(isWellFormed),
        fc.integer({ min: 1 }),
        ({ source, kind }, id, seq) => {
          const key = source === 'transaction' ? `${id}~1` : id;
          const message = announcementMessage({ address: `${source}/${key}`, type: kind, seq, change: { amount: 1 } });
          expect(readAnnouncement(message)).toEqual({
            ok: true,
            announcement: {
              source,
              type: kind,
              id: encodeURI(`${source}/${key}/${seq}/0`),
              time: '2010-12-01T08:26:00.000Z',
              data: {
                [ids[source]]: key,
                ...(source === 'transaction' && { order: id }),
                version: seq,
                change: { amount: 1 },
              },
            },
          });
        },
      ),
    );
  });

  it('carries the trace context on', () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const reading = readAnnouncement(announcementMessage({ address: 'order/SO-1', type: 'paid', trace }));
    expect(reading).toMatchObject({ ok: true, announcement: { traceparent: trace } });
  });

  it('keeps fields and headers that are not known yet', () => {
    const data = { order: 'SO-1', version: 3, change: {}, channel: 'web' };
    const reading = readAnnouncement({ ...paid(), ...withHeader('ce-region', 'eu'), ...json(data) });
    expect(reading).toMatchObject({ ok: true, announcement: { type: 'paid', data } });
  });

  it.each([
    ['a type', 'ordo.order.archived', 'events.order.SO-1.archived'],
    ['a source', 'ordo.customer.registered', 'events.customer.C-1.registered'],
  ])('hands on %s that is not known yet, as unknown', (_, eventType, subject) => {
    const data = { anything: 1 };
    const reading = readAnnouncement({ ...withHeader('ce-type', eventType), subject, ...json(data) });
    expect(reading).toMatchObject({ ok: true, announcement: { type: 'unknown', eventType, data } });
  });

  it('is typed by source and type', () => {
    const reading = readAnnouncement(paid());
    if (!reading.ok || reading.announcement.type !== 'paid') throw new Error('it is paid');
    expectTypeOf(reading.announcement.source).toEqualTypeOf<'order'>();
    expectTypeOf(reading.announcement.data.order).toEqualTypeOf<string>();
    expect(reading.announcement.data.change).toEqual({ amount: 400 });
  });

  it.each([
    ['no headers', { headers: undefined }, 'ce-specversion must be 1.0'],
    ['another version of CloudEvents', withHeader('ce-specversion', '0.3'), 'ce-specversion must be 1.0'],
    ['no id', withHeader('ce-id', undefined), 'ce-id is missing'],
    ['no time', withHeader('ce-time', 'soon'), 'ce-time must be a time, but is "soon"'],
    ['a type of somebody else', withHeader('ce-type', 'com.shop.paid'), 'ce-type must be such as ordo.order.paid'],
    ['a type that is not that of its subject', withHeader('ce-type', 'ordo.order.shipped'), 'does not belong on'],
    ['data that is no JSON', { data: new TextEncoder().encode('{') }, 'its data is no JSON object'],
    ['data that is not UTF-8', { data: new Uint8Array([0x22, 0xff, 0x22]) }, 'its data is no JSON object'],
    ['data that is no object', json([1]), 'its data is no JSON object'],
    [
      'data of another shape',
      json({ order: 'SO-1', version: 'three', change: {} }),
      'not that of ordo.order.paid: version',
    ],
  ])('refuses %s, and says so', (_, changes, why) => {
    const reading = readAnnouncement({ ...paid(), ...changes });
    expect(reading).toEqual({ ok: false, why: expect.stringContaining(why) });
  });
});
