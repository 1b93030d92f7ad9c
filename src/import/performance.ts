import type { OrderView } from '../contracts/index.ts';
import { abortedBy, type Command, type OrderService, refusalOf, send } from './service.ts';

/** A command with the mark that it leaves on the order: how a run that is repeated sees that it was done before. */
export type Step = Command & { readonly isDone: (view: OrderView) => boolean };

/** A step that the service would not take, in the words of the service. */
export type Failure = {
  readonly order: string;
  readonly command: string;
  readonly requestId: string;
  readonly code: string;
  readonly message: string;
};

/** The order in the service under a planned id is another one. */
export class OrderDiffers extends Error {
  override readonly name = 'OrderDiffers';
  readonly code = 'ORDER_DIFFERS';
  readonly details = {};
}

const ATTEMPTS = 5;

/** Votes that say nothing against the command: it may be tried anew. */
const worthAnotherAttempt = new Set(['PREPARE_TIMEOUT', 'RESOLVED']);

/**
 * Has a step done, once. A refusal of something whose mark the order bears already (REQUEST_EXPIRED, ORDER_EXISTS,
 * NOT_ACCEPTED after a repeat) is a success. An abort is remembered under its request id, so each new attempt has an
 * id of its own, numbered, so that a later run goes the same way.
 *
 * @returns the order's view, which may be the remembered one of the time when the step was done.
 * @throws the service's refusal, or ServiceGone.
 */
export async function perform(service: OrderService, step: Step): Promise<OrderView> {
  for (let attempt = 1; ; attempt += 1) {
    const requestId = attempt === 1 ? step.requestId : `${step.requestId}/${attempt}`;
    try {
      return await send(service, { ...step, requestId });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      const votes = abortedBy(refusal);
      if (votes.length > 0) {
        if (attempt < ATTEMPTS && votes.every((code) => worthAnotherAttempt.has(code))) continue;
        throw error;
      }
      const view = await service.getOrder(step.order);
      if (view !== undefined && step.isDone(view)) return view;
      throw error;
    }
  }
}

/** Describes a refusal of a step; throws everything else on, since it is not the order's fault. */
export function failureOf(command: Pick<Command, 'order' | 'name' | 'requestId'>, error: unknown): Failure {
  const refusal = refusalOf(error);
  if (refusal === undefined) throw error;
  const { order, name, requestId } = command;
  return { order, command: name, requestId, code: refusal.code, message: refusal.message };
}
