import type { ErrorBody } from '../contracts/index.ts';
import recorded from './examples.json' with { type: 'json' };

/** A request as it was sent, and what it was answered with. */
export interface RequestExample {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** An error as it was answered. */
export interface ErrorExample {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
}

/** An exchange over HTTP that is none of an endpoint. */
export interface HttpExample {
  readonly status: number;
  readonly request: Readonly<Record<string, unknown>> | null;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** An announcement as it was published. */
export interface AnnouncementExample {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a running service has taken, answered, announced and asked of others. */
export interface Examples {
  /** By endpoint; `orders.place.new` is the one without an id. */
  readonly requests: Readonly<Record<string, RequestExample>>;
  /** By code. */
  readonly errors: Readonly<Record<string, ErrorExample>>;
  /** By source and kind: `order.paid`. */
  readonly announcements: Readonly<Record<string, AnnouncementExample>>;
  /** By phase and, for prepare, kind of branch: `prepare.payment`, `commit`. */
  readonly participants: Readonly<Record<string, RequestExample>>;
  /** By what the route is about (`livez`, `create`), and by code for the errors that only HTTP has. */
  readonly http: Readonly<Record<string, HttpExample>>;
}

/** The examples of the documents, recorded by test/documents/examples.test.ts from a service that ran. */
export const examples: Examples = recorded;
