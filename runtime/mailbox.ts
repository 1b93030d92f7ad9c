import type { Address } from './address.ts';
import type { Mail } from './mail.ts';

/** How much may wait. Past that a command is answered BUSY at once; protocol messages have a reserve of their own. */
export interface MailboxLimits {
  /** Outside commands that wait for one actor. */
  readonly commandsPerActor: number;
  /** Outside commands that wait on this node. */
  readonly commands: number;
  /** Messages, answers and timers that wait on this node. What is beyond is dropped: whoever asked asks again. */
  readonly messages: number;
}

export const MAILBOX_LIMITS: MailboxLimits = { commandsPerActor: 1_024, commands: 16_384, messages: 262_144 };

interface Mailbox {
  readonly commands: Mail[];
  readonly messages: Mail[];
}

/** What waits for its actor's turn. Protocol messages, which free actors, go before the commands, which bind them. */
export class Mailboxes {
  readonly #limits: MailboxLimits;
  readonly #boxes = new Map<Address, Mailbox>();
  #commands = 0;
  #messages = 0;

  constructor(limits: MailboxLimits) {
    this.#limits = limits;
  }

  /** Commands and messages that wait, on this node. */
  get depth(): { readonly commands: number; readonly messages: number } {
    return { commands: this.#commands, messages: this.#messages };
  }

  get isEmpty(): boolean {
    return this.#boxes.size === 0;
  }

  has(address: Address): boolean {
    return this.#boxes.has(address);
  }

  /** Puts mail at the end. False: the limit is reached, nothing was kept. */
  put(address: Address, mail: Mail): boolean {
    let box = this.#boxes.get(address);
    if (mail.kind === 'command') {
      if (this.#commands >= this.#limits.commands) return false;
      if ((box?.commands.length ?? 0) >= this.#limits.commandsPerActor) return false;
      this.#commands += 1;
    } else {
      // Wake-ups are the host's own and few at a time; one that is dropped would not come again.
      if (mail.kind !== 'wake' && this.#messages >= this.#limits.messages) return false;
      this.#messages += 1;
    }
    if (box === undefined) {
      box = { commands: [], messages: [] };
      this.#boxes.set(address, box);
    }
    (mail.kind === 'command' ? box.commands : box.messages).push(mail);
    return true;
  }

  /** Puts back what was taken and must be taken again, before everything else and beyond any limit. */
  putBack(address: Address, mails: readonly Mail[]): void {
    const box = this.#boxes.get(address) ?? { commands: [], messages: [] };
    const commands = mails.filter(({ kind }) => kind === 'command');
    const messages = mails.filter(({ kind }) => kind !== 'command');
    box.commands.unshift(...commands);
    box.messages.unshift(...messages);
    this.#commands += commands.length;
    this.#messages += messages.length;
    this.#boxes.set(address, box);
  }

  /** Takes all protocol messages of everybody. */
  *takeMessages(): Iterable<readonly [Address, readonly Mail[]]> {
    for (const [address, box] of this.#boxes) {
      if (box.messages.length === 0) continue;
      const taken = box.messages.splice(0);
      this.#messages -= taken.length;
      if (box.commands.length === 0) this.#boxes.delete(address);
      yield [address, taken];
    }
  }

  /** Takes commands, actor by actor, as long as `room` says that there is some. */
  *takeCommands(room: () => number): Iterable<readonly [Address, readonly Mail[]]> {
    for (const [address, box] of this.#boxes) {
      const most = room();
      if (most <= 0) return;
      if (box.commands.length === 0) continue;
      const taken = box.commands.splice(0, most);
      this.#commands -= taken.length;
      // Whoever has more goes to the end, so that a flood for one actor does not starve the others.
      this.#boxes.delete(address);
      if (box.commands.length > 0 || box.messages.length > 0) this.#boxes.set(address, box);
      yield [address, taken];
    }
  }
}
