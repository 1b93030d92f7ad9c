import { Level } from 'level';
import { Packr } from 'msgpackr';
import { connect, type Msg, type NatsConnection } from 'nats';
import type { AnyActorScope, AnyMachineSnapshot } from 'xstate';
import { bareMachine } from './bare-machine.ts';

/** Answers every request with its own payload: what NATS and two processes cost, and nothing else. */
function echo(connection: NatsConnection): void {
  connection.subscribe('floor.echo', { callback: (_error, message) => void message.respond(message.data) });
}

const scope = {
  self: {},
  system: { _sendInspectionEvent() {} },
  defer() {},
  emit() {},
  stopChild() {},
  logger() {},
  actionExecutor() {},
} as unknown as AnyActorScope;

/**
 * The bare loop: a NATS responder, one XState step, one record in LevelDB under group commit, the answer after the sync.
 * No validation, no requests remembered, no journal, no index, no checksum, no timers, no transactions.
 */
function bareLoop(connection: NatsConnection, level: Level<string, Uint8Array>): void {
  const packr = new Packr({ useRecords: true });
  const snapshots = new Map<string, AnyMachineSnapshot>();
  const initial = bareMachine.getInitialSnapshot(scope as never, undefined as never) as AnyMachineSnapshot;
  let filling: { id: string; snapshot: AnyMachineSnapshot; message: Msg; body: Uint8Array }[] = [];
  let flying = false;
  const flush = async (): Promise<void> => {
    while (filling.length > 0) {
      const batch = filling;
      filling = [];
      const chained = level.batch();
      for (const { id, snapshot } of batch) chained.put(id, packr.pack([snapshot.value, snapshot.context]));
      await chained.write({ sync: true });
      for (const { message, body } of batch) message.respond(body);
    }
    flying = false;
  };
  connection.subscribe('floor.bare.*.*', {
    callback: (_error, message) => {
      const [, , type = '', id = ''] = message.subject.split('.');
      const body = JSON.parse(Buffer.from(message.data).toString('utf8')) as object;
      const before = snapshots.get(id) ?? initial;
      const event = { ...body, type, id, at: Date.now() };
      const snapshot = bareMachine.transition(before as never, event as never, scope as never) as AnyMachineSnapshot;
      snapshots.set(id, snapshot);
      const answer = Buffer.from(JSON.stringify({ id, status: snapshot.value, ...snapshot.context }));
      filling.push({ id, snapshot, message, body: answer });
      if (flying) return;
      flying = true;
      queueMicrotask(() => void flush());
    },
  });
}

/** `node floors.ts <nats url> <directory>`: both floors in one process; prints `ready`. */
const [, , url = '', directory = ''] = process.argv;
const connection = await connect({ servers: url, name: 'floors' });
const level = new Level<string, Uint8Array>(directory, {
  keyEncoding: 'utf8',
  valueEncoding: 'view',
  writeBufferSize: 32 * 1024 * 1024,
});
await level.open();
echo(connection);
bareLoop(connection, level);
await connection.flush();
process.stdout.write('ready\n');
process.once('SIGTERM', () => void connection.close().then(() => level.close()));
