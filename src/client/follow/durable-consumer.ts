import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
} from 'nats';
import type { ChannelParts } from './channel.ts';
import { refused, streamError } from './failure.ts';
import type { DurableOptions, FollowStart } from './options.ts';

/** How long the server waits for a word about a message before it delivers it again, in milliseconds. */
const ackWaitMs = 30_000;
/** JetStream's number for "consumer not found", which the stream's own absence does not have. */
const noConsumer = 10014;

/** The durable consumer, and how long its server waits for a word about a message, in milliseconds. */
export interface OpenedConsumer {
  readonly consumer: Consumer;
  readonly ackWaitMs: number;
}

/** Finds the durable consumer or makes it, and has it take what is followed. Rejects with OrdoError. */
export async function openConsumer({
  connection,
  options,
  subjects,
}: Pick<ChannelParts<DurableOptions>, 'connection' | 'options' | 'subjects'>): Promise<OpenedConsumer> {
  const { stream, durable, start = 'all' } = options;
  const asked = `make the consumer ${durable} on the stream ${stream}`;
  try {
    const manager = await connection.jetstreamManager({ checkAPI: false });
    const found = await findConsumer(manager, stream, durable);
    const info =
      found === undefined
        ? await manager.consumers.add(stream, configuration(durable, subjects.covering, start))
        : await retargeted(manager, found, subjects.covering);
    const { ack_wait = nanos(ackWaitMs) } = info.config;
    return { consumer: connection.jetstream().consumers.getPullConsumerFor(info), ackWaitMs: ack_wait / nanos(1) };
  } catch (cause) {
    throw streamError(cause, asked);
  }
}

async function findConsumer(manager: JetStreamManager, stream: string, durable: string) {
  try {
    return await manager.consumers.info(stream, durable);
  } catch (error) {
    if (error instanceof NatsError && error.jsError()?.err_code === noConsumer) return undefined;
    throw error;
  }
}

function configuration(durable: string, filter: string, start: FollowStart): Partial<ConsumerConfig> {
  return {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    filter_subject: filter,
    ...startOf(start),
  };
}

function startOf(start: FollowStart): Pick<ConsumerConfig, 'deliver_policy'> & Partial<ConsumerConfig> {
  if (start === 'all') return { deliver_policy: DeliverPolicy.All };
  if (start === 'new') return { deliver_policy: DeliverPolicy.New };
  if ('since' in start) return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: start.since.toISOString() };
  return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start.sequence };
}

/** A consumer that is there keeps its place; what it takes may have changed with the program. */
async function retargeted(manager: JetStreamManager, info: ConsumerInfo, filter: string): Promise<ConsumerInfo> {
  const { stream_name: stream, name, config } = info;
  if (config.deliver_subject !== undefined || config.ack_policy !== AckPolicy.Explicit) {
    const why = `it is there already, but not as a pull consumer with explicit acknowledgments; choose another name`;
    throw refused(`follow through the consumer ${name}`, why, undefined);
  }
  return config.filter_subject === filter ? info : manager.consumers.update(stream, name, { filter_subject: filter });
}
