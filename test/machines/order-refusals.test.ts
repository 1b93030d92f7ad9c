import { describe, expect, it } from 'vitest';
import { MAX_NOTES, MAX_PARCELS, requirements } from '../../machines/order/order-guards.ts';
import { refusalOf } from '../../runtime/refusal.ts';
import { orderHistories as histories } from './cells/order-histories.ts';
import { cancel, contextOf, deliver, giveBack, note, ORDER, pay, refund, ship } from './fixtures/order.ts';
import { emptyScene, type Happening, happen, type Scene, sceneAfter } from './fixtures/scene.ts';

/** Which guards say no, with the quantity or amount that each would let through, where it says one. */
type Failed = readonly (readonly [guard: string, accepted?: number])[];

const of = (line: number, quantity: number) => ({ lines: [{ line, quantity }] });

const refusals: readonly (readonly [string, readonly Happening[], Happening, Failed])[] = [
  ['a payment of too much', histories.placed, pay({ amount: 1_501 }), [['amountIsOutstanding', 1_500]]],
  ['a part of a payment', histories.placed, pay({ amount: 1 }), [['amountIsOutstanding', 1_500]]],
  ['a second payment', histories.paid, pay(), [['isNotPaidYet']]],
  [
    'a second payment with an amount',
    histories.paid,
    pay({ amount: 1_500 }),
    [['isNotPaidYet'], ['amountIsOutstanding', 0]],
  ],
  ['shipping what is not paid', histories.placed, ship(), [['isPaidOrOnAccount']]],
  ['shipping more than is open', histories.paid, ship(of(1, 5)), [['linesAreOpen', 4]]],
  ['shipping more than is left', histories.partlyShipped, ship(of(1, 2)), [['linesAreOpen', 1]]],
  ['shipping a line that is not there', histories.paid, ship(of(3, 1)), [['linesAreOpen', 0]]],
  ['shipping nothing of a line', histories.paid, ship(of(1, 0)), [['linesAreOpen', 4]]],
  ['shipping less than nothing', histories.paid, ship(of(1, -1)), [['linesAreOpen', 4]]],
  ['shipping half a unit', histories.paid, ship(of(1, 0.5)), [['linesAreOpen', 4]]],
  [
    'shipping a line that is named twice',
    histories.paid,
    ship({ lines: [...of(1, 1).lines, ...of(1, 1).lines] }),
    [['linesAreOpen', 4]],
  ],
  ['shipping what has shipped', histories.shipped, ship(of(1, 1)), [['somethingIsOpen'], ['linesAreOpen', 0]]],
  [
    'shipping what is canceled',
    histories.canceledPaid,
    ship(of(1, 1)),
    [['isNotCanceled'], ['somethingIsOpen'], ['linesAreOpen', 0]],
  ],
  ['delivering a parcel that is not there', histories.shipped, deliver({ parcel: 'P9' }), [['parcelIsUnderWay']]],
  [
    'delivering a parcel twice',
    histories.delivered,
    deliver({ parcel: 'P1' }),
    [['somethingIsUnderWay'], ['parcelIsUnderWay']],
  ],
  [
    'losing a parcel that has arrived',
    histories.delivered,
    deliver({ parcel: 'P1', lost: true }),
    [['somethingIsUnderWay'], ['parcelIsUnderWay']],
  ],
  ['canceling the whole of what has shipped', histories.shipped, cancel(), [['nothingHasShipped']]],
  ['canceling what has shipped by name', histories.shipped, cancel(of(1, 1)), [['linesAreOpen', 0]]],
  ['canceling more than is open', histories.partlyShipped, cancel(of(1, 2)), [['linesAreOpen', 1]]],
  ['canceling twice', histories.canceledUnpaid, cancel(), [['isNotCanceled']]],
  ['canceling what is completed', histories.completed, cancel(), [['isNotCompleted'], ['nothingHasShipped']]],
  [
    'returning what is under way',
    histories.shipped,
    giveBack(of(1, 1)),
    [['somethingIsReturnable'], ['linesWereDelivered', 0]],
  ],
  ['returning more than has arrived', histories.delivered, giveBack(of(1, 5)), [['linesWereDelivered', 4]]],
  ['returning what came back', histories.completedAndReturned, giveBack(of(2, 1)), [['linesWereDelivered', 0]]],
  [
    'a return that pays back too much',
    histories.delivered,
    giveBack({ ...of(1, 1), refund: 1_501 }),
    [['isRefundable', 1_500]],
  ],
  [
    'a return that pays back less than nothing',
    histories.delivered,
    giveBack({ ...of(1, 1), refund: -1 }),
    [['isRefundable', 1_500]],
  ],
  ['a return after its time', histories.closed, giveBack(of(1, 1)), [['isNotClosed']]],
  ['a refund of too much', histories.refundedInPart, refund({ amount: 1_301 }), [['isRefundable', 1_300]]],
  ['a refund of nothing', histories.paid, refund({ amount: 0 }), [['isRefundable', 1_500]]],
  ['a refund of a fraction', histories.paid, refund({ amount: 0.5 }), [['isRefundable', 1_500]]],
  ['a refund of what nobody paid', histories.placed, refund({ amount: 1 }), [['isRefundable', 0]]],
  ['a refund after its time', histories.closed, refund({ amount: 1 }), [['isNotClosed']]],
];

describe('An order refuses, and says by which guard and what it would take', () => {
  it.each(refusals)('%s', (_, history, attempt, failed) => {
    const { result } = happen(sceneAfter(emptyScene('order', ORDER), history), attempt);
    expect(result?.kind).toBe('refused');
    if (result?.kind !== 'refused') return;
    expect(result.refusal.failed.map(({ guard, accepted }) => [guard, accepted])).toEqual(
      failed.map(([guard, accepted]) => [guard, accepted]),
    );
    for (const { why } of result.refusal.failed) expect(why).toMatch(/^\S.*\S$/);
  });

  it('a note beyond the last that it has room for', () => {
    const full = grown('notes', MAX_NOTES);
    expect(guardsOf(full, note({ text: 'one more' }))).toEqual(['hasRoomForNotes']);
  });

  it('a parcel beyond the last that it has room for', () => {
    const full = grown('parcels', MAX_PARCELS);
    expect(guardsOf(full, ship())).toEqual(['hasRoomForParcels']);
  });

  it('by every guard that there is, in one case at least', () => {
    const quoted = new Set(refusals.flatMap(([, , , failed]) => failed.map(([guard]) => guard)));
    const elsewhere = [
      // in the tables
      'nothingIsOpen',
      'everythingIsDelivered',
      'isNotConfirmed',
      'somethingIsToBeShipped',
      // above
      'hasRoomForNotes',
      'hasRoomForParcels',
    ];
    expect(Object.keys(requirements).filter((name) => !quoted.has(name))).toEqual(expect.arrayContaining(elsewhere));
    expect(quoted.size + elsewhere.length).toBe(Object.keys(requirements).length);
  });
});

describe('The words of a refusal', () => {
  it('say line by line what was asked and what would be accepted', () => {
    const lines = [...of(1, 9).lines, ...of(2, 3).lines, ...of(7, 1).lines];
    expect(wordsOf(histories.paid, ship({ lines }))).toBe(
      'line 1: 9 asked, 4 open; line 2: 3 asked, 2 open; line 7 is unknown',
    );
  });

  it('ask for a line to be named once', () => {
    const lines = [...of(1, 1).lines, ...of(1, 1).lines];
    expect(wordsOf(histories.paid, ship({ lines }))).toBe('line 1: name it once, with a count of units; 4 open');
  });

  it('tell a parcel that is unknown from one that has arrived', () => {
    expect(wordsOf(histories.shipped, deliver({ parcel: 'P9' }))).toBe('parcel P9 is unknown');
    expect(wordsOf(histories.delivered, deliver({ parcel: 'P1' }))).toBe(
      'no parcel is under way; parcel P1 is delivered',
    );
  });
});

/** A paid order whose notes or parcels have grown to a number that it would take a test too long to reach. */
function grown(what: 'notes' | 'parcels', count: number): Scene {
  const scene = sceneAfter(emptyScene('order', ORDER), histories.paid);
  const many = Array.from({ length: count }, () => ({ lines: [], status: 'lost' }));
  const context = { ...contextOf(scene), [what]: many };
  const { machine } = scene.actor.definition;
  const snapshot = machine.resolveState({ value: scene.actor.snapshot.value, context: context as never });
  return { ...scene, actor: { ...scene.actor, snapshot: snapshot as never } };
}

function guardsOf(scene: Scene, happening: Happening): readonly string[] {
  const { result } = happen(scene, happening);
  return result?.kind === 'refused' ? result.refusal.failed.map(({ guard }) => guard) : [];
}

function wordsOf(history: readonly Happening[], happening: Happening): string {
  const scene = sceneAfter(emptyScene('order', ORDER), history);
  const happened = happening(scene);
  if (happened?.input.kind !== 'command') throw new Error('Only a command is refused in words');
  const event = { ...happened.input.event, at: happened.at };
  return refusalOf(scene.actor.definition, scene.actor.snapshot, event)
    .failed.map(({ why }) => why)
    .join('; ');
}
