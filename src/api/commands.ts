import { type Address, addressOf } from '../../runtime/address.ts';
import type { Host } from '../../runtime/host.ts';
import type { Command } from '../../runtime/mail.ts';
import {
  type BodyOf,
  type ErrorBody,
  type OrderCommandName,
  orderCommandNames,
  type PlaceBody,
  type StockView,
} from '../contracts/index.ts';
import type { Settings } from '../settings.ts';
import { ApiFailure, failureOf, type Subject } from './failure.ts';
import { type ApiRequest, derivedOrderId, requestHash } from './request.ts';

/** A JSON document that is already written. */
export type Json = Uint8Array;

/** Sends a command to its actor and waits for its answer. Throws ApiFailure for every answer that is an error. */
async function send(
  host: Host,
  address: Address,
  subject: Subject,
  name: string,
  request: ApiRequest<object>,
  command: Pick<Command, 'event' | 'by' | 'expectedVersion'>,
): Promise<Json> {
  const { requestId, deadlineMs, traceparent } = request.headers;
  const outcome = await host.command(address, {
    event: command.event,
    by: command.by,
    cause: requestId === undefined ? 'command' : `request:${requestId}`,
    trace: traceparent,
    request: requestId === undefined ? undefined : { id: requestId, hash: requestHash(name, request.body) },
    expectedVersion: command.expectedVersion,
    deadline: deadlineMs,
    replyTo: request.replyTo,
  });
  if (outcome.kind !== 'answered') throw failureOf(outcome, subject, name);
  if (outcome.error) throw new ApiFailure(JSON.parse(Buffer.from(outcome.bytes).toString('utf8')) as ErrorBody);
  return outcome.bytes;
}

/** What of the settings an order keeps from the moment it is placed. */
export type OrderSettings = Pick<
  Settings,
  'paymentWindowMs' | 'receiptWindowMs' | 'returnWindowMs' | 'prepareTimeoutMs' | 'retentionMs' | 'participants'
>;

/** The commands on orders, by their endpoints' names. */
export function orderCommands(host: Host, settings: OrderSettings) {
  const kept = settingsOf(settings);
  const handlers: Record<string, (request: ApiRequest<object>) => Promise<Json>> = {};
  for (const name of orderCommandNames) {
    handlers[`orders.${name}`] = (request) => {
      const id = request.key ?? derivedOrderId(request.headers.requestId);
      const subject: Subject = { name: `order ${id}`, absent: 'ORDER_NOT_FOUND' };
      const { by, expectedVersion } = request.body as { by?: string; expectedVersion?: number };
      const body = by === undefined && expectedVersion === undefined ? request.body : withoutCommon(request.body);
      const event = name === 'place' ? placeEvent(id, body as PlaceBody, kept) : eventOf(name, body);
      return send(host, addressOf('order', id), subject, name, request, { event, by, expectedVersion });
    };
  }
  return handlers;
}

/** A command's body as the event that the order's machine takes. */
export function eventOf(type: OrderCommandName, body: object): { type: string } & Record<string, unknown> {
  return { type, ...body };
}

/** What every command may carry is no part of its event. */
function withoutCommon(body: object): object {
  const { by: _by, expectedVersion: _version, ...rest } = body as { by?: string; expectedVersion?: number };
  return rest;
}

function placeEvent(id: string, body: PlaceBody, settings: OrderSettings) {
  if (body.placedAt === undefined) return { type: 'place', id, settings, ...body };
  return { type: 'place', id, settings, ...body, placedAt: Date.parse(body.placedAt) };
}

function settingsOf(settings: OrderSettings): OrderSettings {
  const { paymentWindowMs, receiptWindowMs, returnWindowMs, prepareTimeoutMs, retentionMs, participants } = settings;
  return { paymentWindowMs, receiptWindowMs, returnWindowMs, prepareTimeoutMs, retentionMs, participants };
}

/** The commands on articles and transactions. */
export function otherCommands(host: Host) {
  return {
    'stock.receive': (request: ApiRequest<BodyOf<'stock.receive'>>): Promise<Json> => {
      const { quantity, by } = request.body;
      const subject: Subject = { name: `stock of ${request.key}`, absent: 'ORDER_NOT_FOUND' };
      return send(host, addressOf('stock', String(request.key)), subject, 'receive', request, {
        event: { type: 'receive', quantity },
        by,
      });
    },
    'transactions.resolve': (request: ApiRequest<BodyOf<'transactions.resolve'>>): Promise<Json> => {
      const { by, ...rest } = request.body;
      const subject: Subject = { name: `transaction ${request.key}`, absent: 'TRANSACTION_NOT_FOUND' };
      return send(host, addressOf('transaction', String(request.key)), subject, 'resolve', request, {
        event: { type: 'resolve', ...rest },
        by,
      });
    },
  };
}

/** An article that nobody has received yet. */
export function emptyStock(sku: string): StockView {
  return {
    sku,
    onHand: 0,
    reserved: 0,
    available: 0,
    totals: { received: 0, dispatched: 0, restocked: 0, writtenOff: 0 },
  };
}
