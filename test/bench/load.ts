import { createInbox, type MsgHdrs, type NatsConnection } from 'nats';

/** One request to send. Everything is made before the clock starts, so that the generator costs little. */
export interface Request {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers?: MsgHdrs;
}

/** What a closed loop came to. Times in ms. */
export interface LoadResult {
  readonly answered: number;
  /** Answers that were errors. */
  readonly failed: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** The first error's text, to say what went wrong. */
  readonly firstFailure: string | undefined;
}

/**
 * Sends the requests in a closed loop: so many are in flight at any time, the next leaves when an answer comes. One
 * inbox subscription serves all, each place in the flight has its own reply subject.
 */
export async function drive(
  connection: NatsConnection,
  inFlight: number,
  requests: readonly Request[],
): Promise<LoadResult> {
  const prefix = `${createInbox()}.`;
  const sentAt = new Float64Array(inFlight);
  const latencies = new Float64Array(requests.length);
  let next = 0;
  let answered = 0;
  let failed = 0;
  let firstFailure: string | undefined;
  let done: () => void = () => {};
  const whenDone = new Promise<void>((resolve) => {
    done = resolve;
  });
  const send = (place: number): void => {
    const request = requests[next];
    if (request === undefined) return;
    next += 1;
    sentAt[place] = performance.now();
    const { subject, payload, headers } = request;
    connection.publish(subject, payload, { reply: prefix + place, ...(headers !== undefined && { headers }) });
  };
  const subscription = connection.subscribe(`${prefix}*`, {
    callback: (error, message) => {
      if (error !== null) throw error;
      const place = Number(message.subject.slice(prefix.length));
      latencies[answered] = performance.now() - (sentAt[place] ?? 0);
      answered += 1;
      // A good answer has no headers: reading them is what costs.
      if (message.headers !== undefined && message.headers.get('Nats-Service-Error-Code') !== '') {
        failed += 1;
        firstFailure ??= message.string();
      }
      send(place);
      if (answered === requests.length) done();
    },
  });
  await connection.flush();
  const start = performance.now();
  for (let place = 0; place < inFlight; place += 1) send(place);
  await whenDone;
  const seconds = (performance.now() - start) / 1_000;
  subscription.unsubscribe();
  latencies.sort();
  const quantile = (part: number) => latencies[Math.min(answered - 1, Math.floor(answered * part))] ?? 0;
  return { answered, failed, perSecond: answered / seconds, p50: quantile(0.5), p99: quantile(0.99), firstFailure };
}
