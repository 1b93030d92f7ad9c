import type { AnnouncementKind, AnnouncementSource } from '../../contracts/index.ts';
import type { Announcement, UnknownAnnouncement } from './announcement.ts';

/** What kept announcements from reaching the loop. */
export type FollowProblem =
  /** A message is no announcement of Ordo's; it was left out. */
  | { readonly kind: 'malformed'; readonly subject: string; readonly why: string }
  /** So many announcements, the oldest, were let go of: the loop was slower than they came. Not from a stream. */
  | { readonly kind: 'dropped'; readonly count: number }
  /** The connection was lost for a while. Without a stream, what was announced meanwhile is missed. */
  | { readonly kind: 'interrupted'; readonly cause?: unknown };

/** Which announcements to follow: all, unless something is named. */
export interface Selection {
  /** Those of this order. */
  readonly order?: string;
  /** Those of this transaction. */
  readonly transaction?: string;
  /** Those of the article with this SKU. */
  readonly stock?: string;
  /** Those of these types only. */
  readonly types?: readonly AnnouncementKind[];
}

interface Common extends Selection {
  /** Ends the loop quietly. */
  readonly signal?: AbortSignal;
  /** Told of what did not reach the loop, and why. Must not throw. */
  readonly onProblem?: (problem: FollowProblem) => void;
  /**
   * How many announcements wait for the loop at most. Beyond, without a stream, the oldest are dropped (1,000 by
   * default); from a stream no more are fetched (100 by default).
   */
  readonly buffer?: number;
}

/** Follows from core NATS: what is announced while the loop listens. */
export interface LiveOptions extends Common {
  readonly stream?: never;
  readonly durable?: never;
  readonly start?: never;
}

/** Where a durable consumer begins that does not exist yet. */
export type FollowStart = 'all' | 'new' | { readonly since: Date } | { readonly sequence: number };

/** Follows from a JetStream stream, at least once. */
export interface DurableOptions extends Common {
  /** The stream that takes `events.>`. */
  readonly stream: string;
  /**
   * The name of the durable consumer, which keeps the place. It is made where it is missing, and stays until it is
   * deleted. Whoever follows under the same name shares the work.
   */
  readonly durable: string;
  /** Where to begin the first time, `all` by default; from then on the consumer knows. */
  readonly start?: FollowStart;
}

export type FollowOptions = LiveOptions | DurableOptions;

/** Refuses an option that does not exist, which a generic parameter would let pass. */
export type OnlyKnown<Options> = {
  readonly [Name in Exclude<keyof Options, keyof LiveOptions | keyof DurableOptions>]: never;
};

/** What comes with an announcement from a stream. */
export interface Delivery {
  /** Its sequence number in the stream. */
  readonly sequence: number;
  /** Whether it was delivered before, to this loop or another, without being acknowledged. */
  readonly redelivered: boolean;
  /** Acknowledges it. The loop's next step does that too; call it where the loop is left after handling this one. */
  ack(): void;
}

type SourceIn<Options> = {
  [Source in AnnouncementSource]: Options extends { readonly [Name in Source]: string } ? Source : never;
}[AnnouncementSource];

type Selected<Options> = [SourceIn<Options>] extends [never]
  ? Announcement
  : Extract<Announcement, { readonly source: SourceIn<Options> }>;

type Wanted<Options> = Options extends { readonly types: readonly (infer Kind)[] }
  ? Extract<Selected<Options>, { readonly type: Kind }>
  : Selected<Options> | UnknownAnnouncement;

/** What a loop over these options gets. */
export type Followed<Options> = Options extends { readonly stream: string }
  ? Wanted<Options> & Delivery
  : Wanted<Options>;
