import type { FastifyInstance, FastifyRequest } from 'fastify';
import { failure } from '../api/failure.ts';
import {
  type AnswerOf,
  type EndpointName,
  type OrderView,
  parseAs,
  parseJson,
  parseValue,
  type RequestHeaders,
  type TutorialRoute,
  tutorialOrder,
  tutorialOrderBody,
  tutorialRoutes,
  tutorialStatusBody,
} from '../contracts/index.ts';
import { type Answering, keyOf, payloadOf, refuseQuery, valid } from './endpoint-request.ts';
import { JSON_TYPE, locationOf, pathPattern } from './endpoint-routes.ts';
import { conditionHeaders, readCondition } from './preconditions.ts';
import { parseQuery } from './query.ts';
import { readRequestHeaders } from './request-headers.ts';

type Commands = readonly { readonly name: 'pay' | 'ship' | 'deliver' | 'confirmReceipt'; readonly body: object }[];

/**
 * Serves the two routes of the tutorial that the project grew from. They are made of endpoints, and know nothing that
 * those do not.
 */
export function addTutorialRoutes(app: FastifyInstance, endpoints: Answering): void {
  const tutorial = new Tutorial(endpoints);
  for (const route of tutorialRoutes) {
    app.route({
      method: route.method,
      url: pathPattern(route.path),
      config: { mediaType: JSON_TYPE },
      handler: async (request, reply) => {
        const headers = readPlainRequest(request, route);
        const { id, status } =
          route.tutorial === 'create'
            ? await tutorial.create(payloadOf(request), headers)
            : await tutorial.setStatus(String(keyOf('order', 'id', request)), payloadOf(request), headers);
        if (route.tutorial === 'create') reply.header('Location', locationOf(id));
        const answer = Buffer.from(JSON.stringify({ id, status }));
        return reply.code(route.status).header('Content-Type', JSON_TYPE).send(answer);
      },
    });
  }
}

function readPlainRequest(request: FastifyRequest, route: TutorialRoute): RequestHeaders {
  for (const name of conditionHeaders) readCondition(name, request.raw.headers, route);
  refuseQuery(parseQuery(request.raw.url ?? ''));
  return readRequestHeaders(request.raw.headers);
}

class Tutorial {
  readonly #endpoints: Answering;

  constructor(endpoints: Answering) {
    this.#endpoints = endpoints;
  }

  /**
   * Places an order. One that says nothing of what is ordered is of one piece of the tutorial's own article; that piece
   * is on the shelf before the order is there, so that it can be paid whenever somebody knows of it.
   */
  async create(payload: Uint8Array, headers: RequestHeaders): Promise<OrderView> {
    const sent = valid(parseAs(tutorialOrderBody, valid(parseJson(payload))));
    const isOwn = sent.lines === undefined && sent.fees === undefined;
    const { lines, ...others } = tutorialOrder;
    const body = valid(parseValue('orders.place', { ...others, ...(isOwn && { lines }), ...sent }));
    if (isOwn) {
      for (const { sku, quantity } of lines) await this.#ask('stock.receive', sku, { quantity }, headers);
    }
    return this.#ask('orders.place', null, body, headers);
  }

  /** Has done what leads to a status. An order that has it already is left alone. */
  async setStatus(id: string, payload: Uint8Array, headers: RequestHeaders): Promise<OrderView> {
    const { status } = valid(parseAs(tutorialStatusBody, valid(parseJson(payload))));
    const order = await this.#ask('orders.get', id, {});
    if (order.status === status) return order;
    const commands = commandsTo(status, order);
    if (commands.length > 1) await this.#checkAll(order, commands);
    let changed = order;
    for (const [index, { name, body }] of commands.entries()) {
      // A request is one command; those before the last are left out once they are done, or refused.
      const { requestId, ...others } = headers;
      const isLast = index === commands.length - 1;
      changed = await this.#ask(`orders.${name}`, id, body, isLast ? headers : others);
    }
    return changed;
  }

  /** Two commands are not one: that the second would be refused must come out before the first is done. */
  async #checkAll(order: OrderView, commands: Commands): Promise<void> {
    const events = commands.map(({ name, body }) => ({ type: name, ...body }));
    const { steps } = await this.#ask('orders.whatIf', order.id, { events });
    const refused = steps.find(({ accepted }) => !accepted);
    if (refused === undefined) return;
    throw notFollowing(order, 'completed', refused.failed);
  }

  async #ask<Name extends EndpointName>(
    name: Name,
    key: string | null,
    body: object,
    headers: RequestHeaders = {},
  ): Promise<AnswerOf<Name>> {
    const bytes = await this.#endpoints.answer(name, { key, body, headers, replyTo: undefined });
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as AnswerOf<Name>;
  }
}

/** The commands that lead to a status. Throws NOT_ACCEPTED for one that no command of the tutorial leads to. */
function commandsTo(status: string, order: OrderView): Commands {
  switch (status) {
    case 'paid':
      return [{ name: 'pay', body: { method: { provider: 'sandbox', token: 'ok' } } }];
    case 'shipped':
      return [{ name: 'ship', body: {} }];
    case 'completed': {
      const confirm = { name: 'confirmReceipt', body: {} } as const;
      return order.fulfillment.status === 'delivered' ? [confirm] : [{ name: 'deliver', body: {} }, confirm];
    }
    default:
      throw notFollowing(order, status, []);
  }
}

function notFollowing(
  { id, status, state, next }: OrderView,
  wanted: string,
  failed: readonly { readonly guard: string; readonly why: string }[],
) {
  const why = failed.map((one) => one.why).join('; ');
  const message = `order ${id} is ${status}, and ${wanted} cannot follow here${why === '' ? '' : `: ${why}`}.`;
  return failure('NOT_ACCEPTED', `${message} It takes ${next.join(', ') || 'nothing'}.`, {
    state,
    accepts: next,
    failed: failed.map((one) => ({ ...one })),
  });
}
