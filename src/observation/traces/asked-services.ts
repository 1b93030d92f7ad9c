import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Address } from '../../../runtime/address.ts';
import type { JournalEntry } from '../../../runtime/journal.ts';
import type { Ask } from '../../../runtime/record.ts';
import type { Stepped } from '../../../runtime/step.ts';
import { childTrace } from '../../../runtime/trace-context.ts';
import { askName } from '../../../runtime/transport.ts';
import type { Spans } from './spans.ts';

const SERVICE = 'service:';
/** Of how many actors the asks to services are followed at most; the oldest go without a span then. */
const MOST_ACTORS = 10_000;

interface Asked {
  readonly ask: Ask;
  /** What caused it, and its own context: what travels. */
  readonly parent: string;
  readonly own: string;
  readonly askedAt: number;
  times: number;
}

/** A span for each ask of an outside participant, from when it first leaves until it is answered or taken back. */
export class AskedServices {
  readonly #spans: Spans;
  readonly #asked = new Map<Address, Map<string, Asked>>();

  constructor(spans: Spans) {
    this.#spans = spans;
  }

  /** An ask leaves, for the first time or again. Gives the context that it travels in. */
  asked(from: Address, ask: Ask): string | undefined {
    const { id, seq, to, trace: parent } = ask;
    if (parent === undefined || !to.startsWith(SERVICE)) return parent;
    const name = askName(id, seq);
    const known = this.#asked.get(from)?.get(name);
    if (known !== undefined) {
      known.times += 1;
      return known.own;
    }
    const own = childTrace(parent, `${from}#${name}`);
    // Derived like this it is the same after a restart: the answer, whenever it comes, belongs to one span.
    if (own !== parent) this.#follow(from, name, { ask, parent, own, askedAt: this.#spans.now(), times: 1 });
    return own;
  }

  /** Ends the spans of the asks that a step of whoever asked has closed. */
  stepped({ actor, entry }: Stepped): void {
    const asked = this.#asked.get(actor.address);
    if (asked === undefined) return;
    const open = actor.record?.asks ?? [];
    for (const [name, one] of asked) {
      if (open.some(({ id, seq }) => id === one.ask.id && seq === one.ask.seq)) continue;
      asked.delete(name);
      this.#end(one, entry);
    }
    if (asked.size === 0) this.#asked.delete(actor.address);
  }

  #follow(from: Address, name: string, asked: Asked): void {
    const others = this.#asked.get(from);
    if (others !== undefined) {
      others.set(name, asked);
      return;
    }
    this.#asked.set(from, new Map([[name, asked]]));
    if (this.#asked.size <= MOST_ACTORS) return;
    for (const oldest of this.#asked.keys()) {
      this.#asked.delete(oldest);
      return;
    }
  }

  /** @param entry the step that has closed it: its answer, or what made the answer needless. */
  #end({ ask, parent, own, askedAt, times }: Asked, { event, cause }: JournalEntry): void {
    const name = ask.to.slice(SERVICE.length);
    const isAnswered = event.ask === ask.id;
    const span = this.#spans.named(`participants.${name}.${ask.event.type}`, own, parent, {
      kind: SpanKind.CLIENT,
      startTime: askedAt,
      attributes: {
        'ordo.participant': ask.to,
        'ordo.transaction': String(ask.event.transaction),
        'ordo.branch': String(ask.event.branch),
        'ordo.times_asked': times,
        'ordo.answered': isAnswered,
        ...(isAnswered && voteOf(event)),
      },
    });
    // Where another participant has voted no, it is nobody's fault that this one was not waited for.
    const isLate = !isAnswered && cause.startsWith('timer:');
    if (isLate) span?.setStatus({ code: SpanStatusCode.ERROR, message: 'it was not answered in time' });
    span?.end(this.#spans.now());
  }
}

/** How a participant has voted, as a span's attributes; none where it was not asked to. */
export function voteOf({ vote, code }: Readonly<Record<string, unknown>>): Attributes {
  if (typeof vote !== 'string') return {};
  return { 'ordo.vote': vote, ...(typeof code === 'string' && { 'ordo.code': code }) };
}
