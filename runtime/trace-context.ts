import { hash } from 'node:crypto';
import type { Address } from './address.ts';

/** A trace context as its parts (W3C Trace Context, `traceparent`). */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/** Reads a `traceparent`; `undefined` for what is none, or names no trace. */
export function parseTrace(traceparent: string): TraceContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The trace that a `traceparent` names, as logs tell it. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return traceparent === undefined ? undefined : parseTrace(traceparent)?.traceId;
}

export function formatTrace({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/**
 * The context of something that happens because of what `parent` names. Its span id is derived from its name, so that
 * whoever says the same again, after a crash too, says it in the same span. What nobody records keeps its parent's.
 */
export function childTrace(parent: string, name: string): string {
  const context = parseTrace(parent);
  if (context?.isSampled !== true) return parent;
  const spanId = hash('sha256', `${context.traceId}${name}`, 'hex').slice(0, 16);
  return formatTrace({ ...context, spanId });
}

/** The trace context of one step of one actor. */
export function stepTrace(causedIn: string, address: Address, seq: number): string {
  return childTrace(causedIn, `${address}/${seq}`);
}
