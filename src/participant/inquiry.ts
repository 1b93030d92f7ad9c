import type { NatsConnection } from 'nats';
import { endpoints, headers, subjectOf } from '../contracts/index.ts';
import type { BranchId } from './branch.ts';
import { participantLimits, participantPauses } from './limits.ts';
import { Slots } from './slots.ts';

const outcomes = ['committed', 'aborted', 'undecided'] as const;
type Outcome = (typeof outcomes)[number];

/** Asks coordinators for decisions, so many at a time. */
export class Inquiries {
  readonly #connection: NatsConnection;
  readonly #slots = new Slots(participantLimits.inquiries);

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** How a transaction ended. Everything but a clear word of the coordinator is `undecided`: never a guess (rule 1). */
  ask({ transaction, branch }: BranchId): Promise<Outcome> {
    return this.#slots.use(false, async (): Promise<Outcome> => {
      try {
        const answer = await this.#connection.request(
          subjectOf('transactions.outcome', transaction),
          JSON.stringify({ branch }),
          { timeout: participantPauses.inquiryMs },
        );
        if (answer.headers?.has(headers.serviceError) === true) return 'undecided';
        const { outcome } = endpoints['transactions.outcome'].answer.parse(answer.json());
        return outcomes.find((one) => one === outcome) ?? 'undecided';
      } catch {
        return 'undecided'; // nobody answers, or with something else: asked again later
      }
    });
  }
}
