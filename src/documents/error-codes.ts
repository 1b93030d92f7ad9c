import { type EndpointName, type ErrorCode, endpointOf, errorCodes } from '../contracts/index.ts';

/** Whatever is asked may be answered with these. */
const always: readonly ErrorCode[] = ['INVALID_REQUEST', 'TOO_LARGE', 'INTERNAL'];

/** What is done once for a request id, waits its turn and has to be written. */
const whenWritten: readonly ErrorCode[] = [
  'DEADLINE_EXCEEDED',
  'REQUEST_EXPIRED',
  'REQUEST_ID_REUSED',
  'BUSY',
  'STORE_UNAVAILABLE',
  'SHUTTING_DOWN',
];

/** A command on an order that exists. */
const onOrder: readonly ErrorCode[] = ['ORDER_NOT_FOUND', 'NOT_ACCEPTED', 'VERSION_CONFLICT', 'LOCKED'];

/** The commands that change several services at once. */
const transactional: readonly EndpointName[] = [
  'orders.pay',
  'orders.ship',
  'orders.cancel',
  'orders.return',
  'orders.refund',
];

function ownCodes(name: EndpointName): readonly ErrorCode[] {
  const { kind, key } = endpointOf(name);
  switch (name) {
    case 'orders.place':
      return [...whenWritten, 'ORDER_EXISTS'];
    case 'stock.receive':
      return [...whenWritten, 'NOT_ACCEPTED'];
    case 'transactions.resolve':
      return [...whenWritten, 'NOT_ACCEPTED', 'TRANSACTION_NOT_FOUND'];
    case 'transactions.outcome': // an unknown transaction is aborted
      return [];
    case 'orders.wait':
      return ['ORDER_NOT_FOUND', 'WAIT_TIMEOUT', 'SHUTTING_DOWN'];
    case 'transactions.wait':
      return ['TRANSACTION_NOT_FOUND', 'WAIT_TIMEOUT', 'SHUTTING_DOWN'];
    case 'admin.backup':
    case 'admin.dump':
    case 'admin.doctor':
      return ['SESSION_NOT_FOUND', 'BUSY', 'STORE_CORRUPT', 'STORE_UNAVAILABLE', 'SHUTTING_DOWN'];
    case 'admin.timers':
      return ['STORE_CORRUPT', 'STORE_UNAVAILABLE'];
    default:
      if (kind === 'command') {
        return [
          ...whenWritten,
          ...onOrder,
          ...(transactional.includes(name) ? (['TRANSACTION_ABORTED'] as const) : []),
        ];
      }
      if (key === 'order') return ['ORDER_NOT_FOUND'];
      return key === 'transaction' ? ['TRANSACTION_NOT_FOUND'] : [];
  }
}

/** The codes that these endpoints may be answered with, in the order of the contract's table. */
export function errorCodesOf(...names: readonly EndpointName[]): readonly ErrorCode[] {
  const codes = new Set(names.flatMap((name) => [...always, ...ownCodes(name)]));
  if (names.some((name) => endpointOf(name).key !== null)) codes.add('INVALID_ID');
  return errorCodes.filter((code) => codes.has(code));
}
