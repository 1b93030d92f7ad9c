import type { NatsConnection } from 'nats';

/**
 * Hears how far a run has come from what the service announces: a moment chosen by progress is the same on a slow
 * machine and on a fast one. What is announced again after a restart counts once.
 */
export class Milestones {
  readonly #seen = new Map<string, Set<string>>();
  readonly #waiting = new Set<() => void>();

  constructor(connection: NatsConnection) {
    connection.subscribe('events.>', {
      callback: (error, message) => {
        if (error !== null) throw error;
        const [, kind = '', key = '', what = ''] = message.subject.split('.');
        const name = `${kind} ${what}`;
        const keys = this.#seen.get(name) ?? new Set<string>();
        this.#seen.set(name, keys.add(key));
        for (const look of [...this.#waiting]) look();
      },
    });
  }

  /** Resolves when so many actors have announced something: `reached('order paid', 20)`. */
  reached(name: string, actors: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if ((this.#seen.get(name)?.size ?? 0) < actors) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}
