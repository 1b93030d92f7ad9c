import type { ActorEvent } from '../runtime/transport.ts';

/** Puts what a coordinator asks into the words of the contract with outside participants: times in ISO 8601. */
export function toService({
  type: _type,
  votes: _votes,
  deadline,
  ...rest
}: ActorEvent): Readonly<Record<string, unknown>> {
  return { ...rest, ...(typeof deadline === 'number' && { deadline: new Date(deadline).toISOString() }) };
}
