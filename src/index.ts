/** What another service imports as `ordo`: the client, and the contracts that it speaks. */
export * from './client/index.ts';
export * from './contracts/index.ts';
