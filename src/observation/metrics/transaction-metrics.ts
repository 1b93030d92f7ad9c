import type { Clock, Store } from '../../../runtime/ports.ts';
import type { Pulled } from './pulled.ts';

/** What an open transaction may be doing. Mixed ones are counted apart, whatever they do. */
const OPEN = ['preparing', 'committing', 'aborting'] as const;

/** Ages past which transactions in doubt are counted, in seconds. */
const AGES = [0, 10, 60, 600, 3_600] as const;
/** How many of the oldest in doubt are looked at: past that there are too many, however many. */
const MOST_IN_DOUBT = 1_000;

/** Transactions that have not ended: how many, and how old. The index is by age, so that no scan is needed. */
export function transactionMetrics(pulled: Pulled, store: Store, clock: Clock): void {
  const oldest = async (tag: string, limit: number) => {
    const items = await store.list({ type: 'transaction', tag, limit });
    return items.map(({ at }) => Math.max(0, clock.now() - at) / 1_000);
  };
  pulled.gauge(
    { name: 'ordo_transactions_open', help: 'Transactions that have not ended, by state.', labels: ['state'] },
    (tell) => {
      const counts = store.counts('transaction');
      for (const state of OPEN) tell(counts[`state:${state}`] ?? 0, { state });
    },
  );
  pulled.gauge(
    {
      name: 'ordo_transactions_mixed',
      help: 'Transactions, kept until their retention is over, of which somebody closed a branch against the decision.',
    },
    (tell) => tell(store.counts('transaction')['state:mixed'] ?? 0),
  );
  pulled.gauge(
    {
      name: 'ordo_transactions_in_doubt',
      help: `Transactions that are preparing or committing, by how long ago they began; of the oldest ${MOST_IN_DOUBT}.`,
      labels: ['older_than_seconds'],
    },
    async (tell) => {
      const ages = await oldest('inDoubt', MOST_IN_DOUBT);
      for (const than of AGES) tell(ages.filter((age) => age >= than).length, { older_than_seconds: than });
    },
  );
  pulled.gauge(
    {
      name: 'ordo_transaction_oldest_age_seconds',
      help: 'How long ago the oldest transaction in a state began; 0 where there is none.',
      labels: ['state'],
    },
    async (tell) => {
      for (const state of OPEN) {
        const [age = 0] = await oldest(`state:${state}`, 1);
        tell(age, { state });
      }
    },
  );
}
