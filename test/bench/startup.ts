import type { NatsConnection } from 'nats';
import { figureOf, type Row } from './figures.ts';
import { drive } from './load.ts';
import { build, Subject, withFolder } from './processes.ts';
import { command, orderBody, series } from './requests.ts';

const ORDERS = 100_000;

/** How long after its start a service with many orders at rest answers its first command. */
export async function measureStartup(options: {
  readonly nats: string;
  readonly connection: NatsConnection;
  readonly rounds: number;
  readonly scale: number;
  readonly say: (text: string) => void;
}): Promise<readonly Row[]> {
  const { nats, connection, rounds, scale, say } = options;
  const orders = Math.round(ORDERS * scale);
  return withFolder(async (data) => {
    let service = Subject.serve(nats, data);
    await service.ready;
    // On account: nothing is due, so they rest.
    const place = (index: number) =>
      command(`orders.place.R-${index}`, { ...orderBody('ART-1'), terms: 'invoice' }, `r-${index}`);
    const filled = await drive(connection, 256, series(orders, place));
    if (filled.failed > 0) throw new Error(`The orders could not be placed: ${filled.firstFailure}`);
    build();
    const rows: Row[] = [];
    for (const { from, serve } of WAYS) {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        const times: number[] = [];
        for (let round = 0; round < rounds; round += 1) {
          await service.end(signal);
          const start = performance.now();
          service = serve(nats, data);
          await firstAnswer(connection, `orders.note.R-${round}`, `first-${round}-${signal}-${from}`);
          times.push(performance.now() - start);
          await service.ready;
          say(
            `first answer after ${signal}, ${from}, round ${round + 1} of ${rounds}: ${Math.round(times.at(-1) ?? 0)} ms`,
          );
        }
        rows.push({
          section: 'Starting',
          name: `first command answered, ${orders} orders at rest, after a ${signal === 'SIGTERM' ? 'stop' : 'kill'}, ${from}`,
          unit: 'ms',
          figure: figureOf(times),
          target: { atMost: 500 },
        });
      }
    }
    await service.end('SIGTERM');
    return rows;
  });
}

const WAYS = [
  { from: 'the package', serve: (nats: string, data: string) => Subject.serveCompiled(nats, data) },
  { from: 'a source checkout', serve: (nats: string, data: string) => Subject.serve(nats, data) },
];

/** Sends a command again and again until somebody is there to answer it. */
async function firstAnswer(connection: NatsConnection, subject: string, requestId: string): Promise<void> {
  const { payload, headers } = command(subject, { text: 'first' }, requestId);
  for (;;) {
    try {
      await connection.request(subject, payload, { timeout: 5_000, ...(headers !== undefined && { headers }) });
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '503') throw error;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}
