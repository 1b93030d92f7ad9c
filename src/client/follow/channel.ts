import type { NatsConnection } from 'nats';
import type { ClientClock } from '../clock.ts';
import type { Announcement, UnknownAnnouncement } from './announcement.ts';
import type { Delivery, DurableOptions, LiveOptions } from './options.ts';
import type { SelectedSubjects } from './subjects.ts';

/** An announcement as a loop gets it; with a delivery where it comes from a stream. */
export type Delivered = (Announcement | UnknownAnnouncement) & Partial<Delivery>;

/** What announcements come through, from core NATS or from a stream, to one loop. */
export interface Channel {
  /** Resolves when nothing is missed from now on; rejects with what the loop would throw. */
  readonly ready: Promise<void>;
  /**
   * The next announcement, once there is one; undefined when it is stopped. Asking for it says that the one before has
   * been handled.
   */
  next(): Promise<Delivered | undefined>;
  /** The loop was left, by a break or a throw, without a word about the announcement that it had at hand. Stops. */
  leave(): Promise<void>;
  /** The connection was lost for a while and is back. */
  reconnected(): void;
  /**
   * Ends it at once, with an error for the loop or quietly. Resolves when what was not handled is given back; never
   * rejects. Calling it again does no harm.
   */
  stop(error?: Error): Promise<void>;
}

/** What a channel is made from. */
export interface ChannelParts<Options extends LiveOptions | DurableOptions> {
  readonly connection: NatsConnection;
  readonly clock: ClientClock;
  readonly options: Options;
  readonly subjects: SelectedSubjects;
}

/** How many announcements a channel knows again: as many as the service may repeat after a crash, and a little more. */
export const rememberedIds = 8_192;
