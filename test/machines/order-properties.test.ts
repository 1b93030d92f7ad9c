import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderContext } from '../../machines/order/order-context.ts';
import { packRecord, unpackRecord } from '../../runtime/record.ts';
import { restore, transition } from '../../runtime/statechart.ts';
import { type Actor, type Input, type StepResult, step } from '../../runtime/step.ts';
import { type Attempt, attempts, inputOf, placements } from './arbitraries/order-inputs.ts';
import { contextOf, ORDER } from './fixtures/order.ts';
import { command, emptyScene, type Scene, sceneAfter } from './fixtures/scene.ts';
import { chartBreaches } from './invariants/order-chart.ts';
import { dueOf, ledgerBreaches } from './invariants/order-ledger.ts';
import { unstorable } from './invariants/plain-data.ts';

const RUNS = 100;
/** Where every step is taken twice and compared in full. */
const COSTLY_RUNS = 40;

interface Moment {
  readonly before: Scene;
  readonly input: Input;
  readonly at: number;
  readonly result: StepResult;
  readonly after: Scene;
}

/** Sends whatever the attempts come to, one after the other, to an order that has just been placed. */
function play(placed: Scene, tries: readonly Attempt[], see: (moment: Moment) => void): Scene {
  return tries.reduce((before, attempt) => {
    const happened = inputOf(attempt, before);
    if (happened === undefined) return before;
    const { input, at } = happened;
    const result = step(before.actor, input, at);
    const next = { actor: result.kind === 'stepped' ? result.actor : before.actor, now: at };
    see({ before, input, at, result, after: next });
    return next;
  }, placed);
}

/** Whatever is tried on whatever order: the property holds at every moment. */
function always(see: () => (moment: Moment) => void, numRuns = RUNS): void {
  fc.assert(
    fc.property(placements, attempts, (placement, tries) => {
      const placed = sceneAfter(emptyScene('order', ORDER), [command(placement)]);
      play(placed, tries, see());
    }),
    { numRuns },
  );
}

describe('Whatever is sent to an order, in whatever order', () => {
  it('its ledger of goods and money holds', () => {
    always(() => ({ after: { actor } }) => {
      expect(ledgerBreaches(actor.snapshot.context as OrderContext)).toEqual([]);
    });
  });

  it('its chart, its view, its timers and asks fit its ledger', () => {
    always(
      () =>
        ({ after: { actor } }) =>
          expect(chartBreaches(actor)).toEqual([]),
    );
  });

  it('what is refused changes nothing', () => {
    always(() => ({ before, input, at, result }) => {
      if (result.kind !== 'refused' || input.kind === 'answer' || input.kind === 'timer') return;
      const event = { ...input.event, at };
      const { next, actions } = transition(before.actor.definition.machine, before.actor.snapshot, event);
      expect(next).toBe(before.actor.snapshot);
      expect(actions).toEqual([]);
    });
  });

  it('every command is refused while a transaction holds it', () => {
    always(() => ({ before, input, result }) => {
      if (input.kind !== 'command' || contextOf(before).transaction === null) return;
      expect(result.kind).toBe('refused');
    });
  });

  it('an abort leaves it as it was, but for the count of transactions and its outcome', () => {
    always(() => {
      let untouched: OrderContext | undefined;
      return ({ before, after: { actor } }) => {
        const was = contextOf(before);
        const is = actor.snapshot.context as OrderContext;
        if (was.transaction === null && is.transaction !== null) untouched = was;
        const isAborted =
          was.transaction !== null && is.transaction === null && is.lastTransaction?.outcome === 'aborted';
        // A window that ended meanwhile has its consequence now; the chart's invariants look after that.
        if (!isAborted || untouched === undefined || regionsOf(before).includes('overdue')) return;
        const { transactions, lastTransaction } = is;
        expect(is).toEqual({ ...untouched, transactions, lastTransaction });
        expect(lastTransaction).toMatchObject({ id: was.transaction.id, operation: was.transaction.work.operation });
      };
    });
  });

  it('what is kept of a paid order is what is due, unless more or less was given back on purpose', () => {
    always(() => {
      let isByTheBook = true;
      return ({ input, result, after: { actor } }) => {
        if (input.kind === 'command' && result.kind === 'stepped') {
          const { type, refund } = input.event;
          if (type === 'refund' || (type === 'return' && refund !== undefined)) isByTheBook = false;
        }
        const order = actor.snapshot.context as OrderContext;
        if (isByTheBook && order.paidAt !== null) expect(order.captured - order.refunded).toBe(dueOf(order));
      };
    });
  });

  it('one that is completed or canceled stays so, and one that is closed takes nothing but notes', () => {
    always(() => ({ before, input, result, after: { actor } }) => {
      const was = contextOf(before);
      const is = actor.snapshot.context as OrderContext;
      expect(is.canceledAt).toBe(was.canceledAt ?? is.canceledAt);
      expect(is.completedAt).toBe(was.completedAt ?? is.completedAt);
      if (input.kind === 'command' && result.kind === 'stepped' && was.closedAt !== null) {
        expect(input.event.type).toBe('note');
      }
    });
  });

  it('its context survives JSON, and its record the store', () => {
    always(() => ({ after: { actor } }) => {
      const { context } = actor.snapshot;
      expect(unstorable(context)).toEqual([]);
      expect(isDeepStrictEqual(JSON.parse(JSON.stringify(context)), context)).toBe(true);
    });
  });

  it('the same event comes to the same, whether it has just been in memory or is read from the store', () => {
    always(
      () =>
        ({ before, input, at, result }) => {
          expect(plain(step(revived(before.actor), input, at))).toEqual(plain(result));
        },
      COSTLY_RUNS,
    );
  });
});

function revived(actor: Actor): Actor {
  if (actor.record === null) return actor;
  const record = unpackRecord(packRecord(actor.record));
  return { ...actor, record, snapshot: restore(actor.definition.machine, record) };
}

/** A result without the live snapshot, which is a matter of memory. */
function plain(result: StepResult): unknown {
  if (result.kind !== 'stepped') return result;
  const { record, seq } = result.actor;
  const expired = [...(record?.expired ?? [])];
  return { ...result, actor: { record: { ...record, expired }, seq } };
}

function regionsOf({ actor }: Scene): readonly string[] {
  return Object.values(actor.snapshot.value as Readonly<Record<string, string>>);
}
