import { headers, type MsgHdrs } from 'nats';
import { headers as headerNames } from '../../src/contracts/index.ts';
import type { Request } from './load.ts';

const encoder = new TextEncoder();

function identified(id: string): MsgHdrs {
  const sent = headers();
  sent.set(headerNames.requestId, id);
  return sent;
}

/** The order that everything is measured with: two articles' worth of text, about 330 bytes of JSON. */
export function orderBody(sku: string): Readonly<Record<string, unknown>> {
  return {
    customer: 'C-17',
    currency: 'GBP',
    terms: 'prepaid',
    lines: [{ sku, name: 'WHITE HANGING HEART T-LIGHT HOLDER', quantity: 6, unitPrice: 255 }],
    shippingAddress: { name: 'A. Customer', street: '1 High Street', city: 'London', country: 'GB' },
    metadata: { channel: 'web' },
  };
}

/** A command with a request id, as every well-behaved client sends it. */
export function command(subject: string, body: unknown, requestId: string): Request {
  return { subject, payload: encoder.encode(JSON.stringify(body)), headers: identified(requestId) };
}

/** `count` of something. */
export function series<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_none, index) => make(index));
}
