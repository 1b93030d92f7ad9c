export { type CallOptions, defaultTimeoutMs } from './call-options.ts';
export { Client, type ClientOptions, connectClient } from './client.ts';
export { type ClientClock, systemClock } from './clock.ts';
export { type ClientErrorCode, clientErrorKinds, OrdoError } from './errors.ts';
export type { Announcement, UnknownAnnouncement } from './follow/announcement.ts';
export type { EventStreamOptions } from './follow/event-stream.ts';
export type { Following } from './follow/following.ts';
export type {
  Delivery,
  DurableOptions,
  Followed,
  FollowOptions,
  FollowProblem,
  FollowStart,
  LiveOptions,
} from './follow/options.ts';
export { isAbortedBy, isOrdoError, type OrdoErrorCode, type OrdoErrorOf } from './narrowing.ts';
export { type NatsAccess, type NatsConnecting, natsConnecting } from './nats-access.ts';
export { defaultRetry, type RetryPolicy } from './retry.ts';
export type { Call, Calls } from './surface.ts';
