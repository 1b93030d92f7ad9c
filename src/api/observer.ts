import type { EndpointName } from '../contracts/index.ts';
import type { ApiRequest } from './request.ts';

/** What a request came to: `OK`, or the code of the error that it was answered with. */
export type Outcome = string;

/** The span that a traced request is done in. */
export interface RequestSpan {
  /** The trace context that everything which the request causes belongs to. */
  readonly traceparent: string;
  end(outcome: Outcome): void;
}

/** Whoever watches requests being answered, however they come in. Called for each of them: it is quick and never throws. */
export interface RequestObserver {
  /** A request is begun. Gives its span; `undefined` where nobody traces. */
  begun(name: EndpointName, request: ApiRequest<object>): RequestSpan | undefined;
  /** It is about to be answered, so many ms after it was begun. */
  answered(name: EndpointName, request: ApiRequest<object>, outcome: Outcome, ms: number): void;
  /** It could not be read, and is answered with an error of this code. */
  unreadable(name: EndpointName, code: string): void;
}

/** For endpoints that nobody watches. */
export const NO_OBSERVER: RequestObserver = {
  begun: () => undefined,
  answered() {},
  unreadable() {},
};
