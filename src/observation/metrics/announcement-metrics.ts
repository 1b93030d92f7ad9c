import { Counter, type Registry } from 'prom-client';
import { type Address, typeOf } from '../../../runtime/address.ts';
import type { Announced } from '../../../runtime/group-commit.ts';
import { LabelValues } from './label-values.ts';
import type { Pulled } from './pulled.ts';

/** How many codes of outside participants are told apart. */
const MOST_CODES = 64;

/** What has happened to orders, stock and transactions, counted as it is announced: once, when it is on disk. */
export class AnnouncementMetrics {
  readonly #failed: Counter;
  readonly #ended: Counter;
  readonly #resolved: Counter;
  readonly #codes = new LabelValues(MOST_CODES);
  /** By the type of actor, then what was announced: every command announces something, so these are but numbers. */
  readonly #announced = new Map<string, Map<string, number>>();

  constructor(registry: Registry, pulled: Pulled) {
    const registers = [registry];
    const announcements = {
      name: 'ordo_announcements_total',
      help: 'What has happened since the start, by type: order.paid, transaction.aborted, stock.changed and so on.',
      labels: ['type'],
    };
    pulled.counter(announcements, (tell) => {
      for (const [source, kinds] of this.#announced)
        for (const [kind, total] of kinds) tell(total, { type: `${source}.${kind}` });
    });
    this.#failed = new Counter({
      name: 'ordo_announcements_failed_total',
      help: 'Attempts to publish announcements that have failed; they are tried again.',
      registers,
    });
    this.#ended = new Counter({
      name: 'ordo_transactions_ended_total',
      help: 'Transactions that have ended since the start, by operation and outcome; an abort with the code of its first no.',
      labelNames: ['operation', 'outcome', 'code'],
      registers,
    });
    this.#resolved = new Counter({
      name: 'ordo_heuristic_resolutions_total',
      help: 'Branches that somebody has closed by hand, by the outcome that was stated.',
      labelNames: ['outcome'],
      registers,
    });
    // From 0 to 1 is a rise that an alert must see.
    for (const outcome of ['committed', 'aborted']) this.#resolved.inc({ outcome }, 0);
  }

  announced(announced: readonly Announced[]): void {
    for (const { address, announcement } of announced) this.#count(address, announcement);
  }

  failed(): void {
    this.#failed.inc();
  }

  #countKind(source: string, kind: string): void {
    const kinds = this.#announced.get(source) ?? new Map<string, number>();
    this.#announced.set(source, kinds);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }

  #count(address: Address, { type, change }: Announced['announcement']): void {
    const source = typeOf(address);
    this.#countKind(source, type);
    if (source !== 'transaction') return;
    const { operation, votes, outcome } = change as Ended;
    if (type === 'resolved') this.#resolved.inc({ outcome: String(outcome) });
    else
      this.#ended.inc({ operation: String(operation), outcome: type, code: this.#codes.of(votes?.[0]?.code ?? '-') });
  }
}

/** What is announced of a transaction that has ended, or of a branch that was resolved. */
interface Ended {
  readonly operation?: string;
  readonly outcome?: string;
  readonly votes?: readonly { readonly code: string }[];
}
