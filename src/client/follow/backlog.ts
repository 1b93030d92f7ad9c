/** What waits to be taken, in order. */
export class Backlog<Item> {
  #items: Item[] = [];
  #ended = false;
  #error: Error | undefined;
  #wakers: (() => void)[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: Item): void {
    if (this.#ended) return;
    this.#items.push(item);
    this.#wakeAll();
  }

  /** Lets go of the oldest item. */
  dropOldest(): void {
    this.#items.shift();
  }

  /** Nothing comes any more. What waits is let go of; the taker gets the error where there is one. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#items = [];
    this.#wakeAll();
  }

  /** The oldest item, once there is one; undefined at the end. Throws the error that it was ended with. */
  async take(): Promise<Item | undefined> {
    while (this.#items.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wakers.push(resolve);
      });
    }
    if (this.#error !== undefined) throw this.#error;
    return this.#items.shift();
  }

  #wakeAll(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}
