import {
  type AnnouncementSource,
  announcementType,
  constantEventHeaders,
  headers,
  type JsonObject,
} from '../../contracts/index.ts';
import { examples } from '../examples.ts';
import { always, headersOf, timeHeader, traceHeader } from '../headers.ts';
import { type AnnouncementEntry, announcementEntries } from '../schemas/named-messages.ts';
import { schemaAt } from '../schemas/references.ts';
import { at, type Parts, parameters } from './parts.ts';

const parameterNames: Readonly<Record<AnnouncementSource, string>> = {
  order: 'orderId',
  transaction: 'transactionId',
  stock: 'sku',
};

const text = (description: string): JsonObject => ({ description, type: 'string' });

/** The headers of a CloudEvent in binary mode. */
function eventHeaders(type: string): JsonObject {
  const properties = {
    [headers.specVersion]: always(constantEventHeaders[headers.specVersion], 'The version of CloudEvents.'),
    [headers.eventId]: text('Unique: `<address>/<version>/<index>`, in the characters of a URI.'),
    [headers.eventType]: always(type, 'What has happened.'),
    [headers.eventSource]: always(constantEventHeaders[headers.eventSource], 'Who tells it.'),
    [headers.eventSubject]: text('The id of what it is about, in the characters of a URI.'),
    [headers.eventTime]: timeHeader('When it happened.'),
    [headers.dataContentType]: always(constantEventHeaders[headers.dataContentType], 'What the data is written in.'),
    [headers.messageId]: text('The same as ce-id: a JetStream stream drops repeats by it.'),
  };
  return headersOf({ ...properties, [headers.traceparent]: traceHeader }, Object.keys(properties));
}

function messageOf({ source, kind, name, named }: AnnouncementEntry): JsonObject {
  const type = announcementType(source, kind as never);
  const example = examples.announcements[`${source}.${kind}`];
  return {
    name: type,
    title: type,
    summary: named.about,
    headers: eventHeaders(type),
    payload: { $ref: schemaAt(name) },
    ...(example !== undefined && {
      examples: [{ name: example.subject, headers: example.headers, payload: example.data }],
    }),
  };
}

/** Everything that is announced, as CloudEvents. */
export function announcementParts(): Parts {
  const entries = announcementEntries.map((entry) => ({ entry, id: `events.${entry.source}.${entry.kind}` }));
  return {
    channels: Object.fromEntries(
      entries.map(({ entry: { source, kind, named }, id }) => {
        const parameter = parameterNames[source];
        const channel = {
          address: `events.${source}.{${parameter}}.${kind}`,
          description: named.about,
          messages: { event: at('components', 'messages', id) },
          parameters: parameters(parameter),
        };
        return [id, channel];
      }),
    ),
    operations: Object.fromEntries(
      entries.map(({ entry: { source, kind, named }, id }) => {
        const title = `Announces ${announcementType(source, kind as never)}`;
        return [
          id,
          { action: 'send', title, summary: named.about, channel: at('channels', id), tags: [{ name: 'events' }] },
        ];
      }),
    ),
    messages: Object.fromEntries(entries.map(({ entry, id }) => [id, messageOf(entry)])),
  };
}
