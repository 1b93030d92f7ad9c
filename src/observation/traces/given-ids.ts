import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace-node';

/** Gives the next span the id that it must have, and all others a random one. */
export class GivenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #spanId: string | undefined;

  /** The id of the span that is started next, in the same breath. */
  give(spanId: string): void {
    this.#spanId = spanId;
  }

  generateTraceId(): string {
    return this.#random.generateTraceId();
  }

  generateSpanId(): string {
    const given = this.#spanId;
    this.#spanId = undefined;
    return given ?? this.#random.generateSpanId();
  }
}
