/** The contracts of the interface, written once: everything that service, client and command line share. */
export * from './admin.ts';
export * from './announcements.ts';
export * from './endpoints.ts';
export * from './errors.ts';
export * from './headers.ts';
export * from './identifiers.ts';
export * from './limits.ts';
export * from './order-commands.ts';
export * from './order-view.ts';
export * from './parse.ts';
export * from './participants.ts';
export * from './protocol.ts';
export * from './questions.ts';
export { currencyCodes, currencyExponent } from './schema/currencies.ts';
export { isJsonObject, type JsonObject } from './schema/json-object.ts';
export type { Growing } from './schema/objects.ts';
export * from './subjects.ts';
