import type { Address } from './address.ts';
import type { CommandOutcome } from './mail.ts';

type Tell = (outcome: CommandOutcome) => void;

/** Who in this process waits for the outcome of a command that was taken, by address and step. */
export class WaitingCommands {
  readonly #tells = new Map<string, Tell[]>();

  get size(): number {
    return this.#tells.size;
  }

  add(address: Address, seq: number, tell: Tell): void {
    const key = `${address}#${seq}`;
    const others = this.#tells.get(key);
    if (others === undefined) this.#tells.set(key, [tell]);
    else others.push(tell);
  }

  /** Tells all who wait for a step's command. False: nobody in this process does. */
  tell(address: Address, seq: number, outcome: CommandOutcome): boolean {
    const key = `${address}#${seq}`;
    const tells = this.#tells.get(key);
    this.#tells.delete(key);
    for (const tell of tells ?? []) tell(outcome);
    return tells !== undefined;
  }

  /** Forgets somebody whose command is going to be taken again. */
  forget(tell: Tell): void {
    for (const [key, tells] of this.#tells) {
      const rest = tells.filter((one) => one !== tell);
      if (rest.length === 0) this.#tells.delete(key);
      else if (rest.length < tells.length) this.#tells.set(key, rest);
    }
  }
}
