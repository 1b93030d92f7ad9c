import { type Address, addressOf } from '../address.ts';
import type { OutgoingAnswer, OutgoingAsk, Receiver, Transport } from '../transport.ts';

/** What a medium does with one message: deliver it now, later, twice or never. */
export type Carry = (
  deliver: () => void,
  what: { readonly from: string; readonly to: string; readonly kind: string },
) => void;

/** An outside participant: takes a request, answers as often as it likes. */
export type Service = (
  what: string,
  body: Readonly<Record<string, unknown>>,
  answer: (body: Readonly<Record<string, unknown>>) => void,
) => void;

/**
 * A medium in memory that any number of hosts share. Messages cross it as JSON, so that nobody shares objects, and
 * through `carry`, which may lose, repeat, delay and reorder them.
 */
export class MemoryMedium {
  readonly #carry: Carry;
  readonly #receivers = new Set<Receiver>();
  readonly #services = new Map<string, Service>();

  constructor(carry: Carry = (deliver) => queueMicrotask(deliver)) {
    this.#carry = carry;
  }

  /** Puts a service where `service:<name>` is asked. */
  serve(name: string, service: Service): void {
    this.#services.set(name, service);
  }

  /** A host's way into this medium. */
  transport(): Transport {
    let own: Receiver | undefined;
    return {
      open: async (receiver) => {
        own = receiver;
        this.#receivers.add(receiver);
      },
      ask: (ask) => this.#ask(ask),
      close: async () => {
        if (own !== undefined) this.#receivers.delete(own);
      },
    };
  }

  #ask({ from, ask, to, event, cause, trace }: OutgoingAsk): void {
    const respond = (body: unknown) => {
      const answer = copy(body);
      if (typeof answer !== 'object' || answer === null || Array.isArray(answer) || 'error' in answer) return;
      this.#carry(
        () => this.#each((receiver) => receiver.answer({ to: from, ask, answer: answer as Record<string, unknown> })),
        {
          from: to,
          to: from,
          kind: `${event.type}.answered`,
        },
      );
    };
    const sent = copy(event) as typeof event;
    this.#carry(
      () => {
        if (to.startsWith('service:')) {
          const { type, ...body } = sent;
          this.#services.get(to.slice('service:'.length))?.(type, body, respond);
          return;
        }
        const address: Address = addressOf(to.slice(0, to.indexOf('/')), to.slice(to.indexOf('/') + 1));
        const answer = (outgoing: OutgoingAnswer) => {
          if (outgoing.kind === 'reply') respond(outgoing.payload);
        };
        this.#each((receiver) =>
          receiver.message({ to: address, event: sent, cause, ...(trace !== undefined && { trace }), answer }),
        );
      },
      { from, to, kind: event.type },
    );
  }

  #each(deliver: (receiver: Receiver) => void): void {
    for (const receiver of this.#receivers) deliver(receiver);
  }
}

function copy(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
