/**
 * What the journal leaves out (decision 0010), and what follows for whoever replays it. How a customer pays stands in no
 * entry: the built-in payment votes by it, so an entry may have been one of several events.
 */
import type { AnyEventObject, MachineContext } from 'xstate';
import type { BranchLog } from '../../../machines/participant/branch-log.ts';
import type { ActorRecord, Ask } from '../../../runtime/record.ts';

/** Any token that the sandbox declines; which one it was makes no difference but for the words of the refusal. */
const DECLINED = { provider: 'sandbox', token: 'declined' };

/** The events that an entry may have been written for, the likeliest first. */
export function mayHaveBeen(type: string, event: AnyEventObject): readonly AnyEventObject[] {
  const isCharge = type === 'payment' && event.type === 'prepare' && event.operation === 'charge';
  return isCharge ? [event, { ...event, args: { ...(event.args as object), method: DECLINED } }] : [event];
}

/** A context without the words that depend on what was left out: why a charge was declined. */
export function comparable(type: string, context: MachineContext): MachineContext {
  if (type !== 'payment') return context;
  const { finished } = context as unknown as BranchLog;
  return {
    ...context,
    finished: finished.map(([hash, deadline, ending, code, ...reason]) =>
      code === 'PAYMENT_DECLINED' ? [hash, deadline, ending, code] : [hash, deadline, ending, code, ...reason],
    ),
  };
}

/**
 * The asks of a record that was made from its journal, without those that would ask for something else than the ones
 * that were lost. A coordinator's missing vote counts as no when its time is up. The order's `begin` without branches is
 * its inquiry: a coordinator that has begun tells how far it is, one that has not aborts.
 */
export function safeAsks(type: string, { asks }: ActorRecord): readonly Ask[] {
  return asks.flatMap((ask) => {
    if (type === 'order' && ask.event.type === 'begin') return [{ ...ask, event: { ...ask.event, branches: [] } }];
    return type === 'transaction' && ask.event.type === 'prepare' ? [] : [ask];
  });
}
