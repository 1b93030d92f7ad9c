/** What the service needs, and whether it has it right now. */
export class Health {
  readonly #missing = new Set<string>();

  /** Something is not there any more. */
  lost(name: string): void {
    this.#missing.add(name);
  }

  /** It is back. */
  found(name: string): void {
    this.#missing.delete(name);
  }

  /** What is missing, by name; empty when everything is there. */
  missing(): readonly string[] {
    return [...this.#missing];
  }
}
