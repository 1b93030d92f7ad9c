import type { Address } from './address.ts';
import type { ActorState } from './definition.ts';

/** Those who want to hear of an actor's next written state. */
export class Watchers {
  readonly #callbacks = new Map<Address, Set<(state: ActorState) => void>>();

  /** @returns ends it. */
  add(address: Address, callback: (state: ActorState) => void): () => void {
    const callbacks = this.#callbacks.get(address) ?? new Set();
    this.#callbacks.set(address, callbacks);
    callbacks.add(callback);
    return () => {
      callbacks.delete(callback);
      if (callbacks.size === 0 && this.#callbacks.get(address) === callbacks) this.#callbacks.delete(address);
    };
  }

  tell(address: Address, state: () => ActorState): void {
    const callbacks = this.#callbacks.get(address);
    if (callbacks === undefined) return;
    const shown = state();
    for (const callback of [...callbacks]) callback(shown);
  }
}
