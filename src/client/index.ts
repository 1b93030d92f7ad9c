export { type CallOptions, Client, type ClientOptions, connectClient, defaultTimeoutMs } from './client.ts';
export { type ClientClock, systemClock } from './clock.ts';
export { type ClientErrorCode, clientErrorKinds, OrdoError } from './errors.ts';
export { type NatsAccess, type NatsConnecting, natsConnecting } from './nats-access.ts';
export { defaultRetry, type RetryPolicy } from './retry.ts';
