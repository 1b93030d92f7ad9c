import { encodeToken, type JsonObject, limits } from '../../contracts/index.ts';
import { jsonSchemas } from '../schemas/json-schemas.ts';
import { referredIn, schemaAt } from '../schemas/references.ts';
import { announcementParts } from './announced.ts';
import { participantParts } from './outside.ts';
import { merged } from './parts.ts';
import { requestParts } from './requests.ts';

const description = `Orders that live, pay, ship and survive. Every order is a statechart, every answer is on disk before it leaves, and what touches several services at once changes together or not at all.

Commands and questions are answered by NATS request/reply; an empty payload is \`{}\`. Payloads are JSON in UTF-8, at most ${limits.messageBytes / 1024} KB. The service is a NATS micro service (ADR-32) named \`orders\`.

**Ids in subjects.** Ids are any non-empty UTF-8. Where they stand in a subject, bytes other than \`A-Z a-z 0-9 _ -\` are written as \`=\` and two upper-case hex digits: \`BANK CHARGES\` is \`BANK=20CHARGES\`. Any other spelling is INVALID_ID.

**Same request, same answer.** A command with the header \`Ordo-Request-Id\` is done once, however often it is sent.

**Errors** have the headers \`Nats-Service-Error\` and \`Nats-Service-Error-Code\` and a JSON body. *Retriable* means that the same message with the same request id may be sent again. NATS's own 503 "no responders" has no body: nobody received it. A client's own time-out means that the outcome is unknown: ask again with the same request id.

**Requests are closed, answers are open.** An unknown field of a request is refused; answers, errors and announcements may get new fields and enumerations new values.

**Announcements** are CloudEvents in binary mode, in order for each order, transaction and article, and at least once where a JetStream stream takes \`events.>\`.`;

const encoded =
  'Bytes other than A-Z a-z 0-9 _ - are written as = and two upper-case hex digits, such as BANK=20CHARGES.';

function parameter(what: string, ...ids: readonly string[]): JsonObject {
  return { description: `${what} ${encoded}`, examples: ids.map(encodeToken) };
}

/** The interface over NATS as an AsyncAPI 3.0 document. */
export function asyncApi(version: string): JsonObject {
  const { channels, operations, messages } = merged([requestParts(), announcementParts(), participantParts()]);
  return {
    asyncapi: '3.0.0',
    id: 'urn:ordo:asyncapi',
    info: {
      title: 'Ordo over NATS',
      version,
      description,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: [
        { name: 'orders', description: 'Commands on orders, and questions about them.' },
        { name: 'stock', description: 'Articles.' },
        { name: 'payments', description: "Orders' money." },
        { name: 'transactions', description: 'What changes several services at once, for operators and participants.' },
        { name: 'admin', description: "The operators' tools on the store; grant them to operators only." },
        { name: 'events', description: 'What is announced.' },
        { name: 'participants', description: 'What outside participants are asked in two-phase commit.' },
      ],
    },
    defaultContentType: 'application/json',
    servers: {
      nats: {
        host: '{host}:{port}',
        protocol: 'nats',
        description: 'The NATS server that the service is connected to, or the one that it has started itself.',
        variables: { host: { default: '127.0.0.1' }, port: { default: '4222' } },
      },
    },
    channels,
    operations,
    components: {
      messages,
      parameters: {
        orderId: parameter(`An order's id, at most ${limits.orderIdBytes} bytes of UTF-8.`, 'SO-1001', 'SO 1001'),
        sku: parameter(`A stock keeping unit, at most ${limits.skuBytes} bytes of UTF-8.`, '85123A', 'BANK CHARGES'),
        transactionId: parameter("A transaction's id: its order's id, ~ and a number.", 'SO-1001~1'),
        participant: {
          description: 'The name of an outside participant, as the setting ORDO_PARTICIPANTS has it.',
          examples: ['psp'],
        },
      },
      schemas: referredIn({ messages }, jsonSchemas('draft-07', schemaAt)),
    },
  };
}
