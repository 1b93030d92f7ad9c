import type { MsgHdrs } from 'nats';
import {
  type AnnouncementData,
  type AnnouncementKind,
  type AnnouncementSource,
  announcementData,
  announcementKinds,
  headers,
  isJsonObject,
} from '../../contracts/index.ts';

/** What every announcement says about itself. */
interface Stamp {
  /** Its own id, the same whenever it comes again. */
  readonly id: string;
  /** When it happened: ISO 8601, UTC. */
  readonly time: string;
  /** The W3C trace context of what caused it. */
  readonly traceparent?: string;
}

/** An announcement; `type` tells which, and with it `source` and `data`. */
export type Announcement = {
  [Source in AnnouncementSource]: {
    [Kind in AnnouncementKind<Source>]: Stamp & {
      /** What it is about. */
      readonly source: Source;
      /** What happened to it. */
      readonly type: Kind;
      readonly data: AnnouncementData<Source>;
    };
  }[AnnouncementKind<Source>];
}[AnnouncementSource];

/** An announcement that this version does not know: a newer service announces more. */
export interface UnknownAnnouncement extends Stamp {
  readonly type: 'unknown';
  /** Its CloudEvents type, such as `ordo.order.archived`. */
  readonly eventType: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A message read as an announcement, or what is wrong with it. */
export type AnnouncementReading =
  | { readonly ok: true; readonly announcement: Announcement | UnknownAnnouncement }
  | { readonly ok: false; readonly why: string };

/** Of a message, what is read. */
export interface AnnouncementMessage {
  readonly subject: string;
  readonly headers?: MsgHdrs | undefined;
  readonly data: Uint8Array;
}

const decoder = new TextDecoder('utf-8', { fatal: true });
const typePattern = /^ordo\.([^.]+)\.([^.]+)$/;

/** The id of an announcement, without reading the rest; empty where it has none. */
export function announcementId({ headers: sent }: AnnouncementMessage): string {
  return sent?.get(headers.eventId) ?? '';
}

/** Reads a message as an announcement: a CloudEvent in binary mode. More headers and fields than are known are kept. */
export function readAnnouncement(message: AnnouncementMessage): AnnouncementReading {
  const get = (name: string): string => message.headers?.get(name) ?? '';
  if (!get(headers.specVersion).startsWith('1.')) return malformed(`${headers.specVersion} must be 1.0`);
  const id = get(headers.eventId);
  if (id === '') return malformed(`${headers.eventId} is missing`);
  const time = get(headers.eventTime);
  if (Number.isNaN(Date.parse(time))) return malformed(`${headers.eventTime} must be a time, but is "${time}"`);
  const eventType = get(headers.eventType);
  const [, source = '', kind = ''] = typePattern.exec(eventType) ?? [];
  if (kind === '') return malformed(`${headers.eventType} must be such as ordo.order.paid, but is "${eventType}"`);
  if (!message.subject.endsWith(`.${kind}`)) return malformed(`${eventType} does not belong on ${message.subject}`);
  const data = jsonOf(message.data);
  if (!isJsonObject(data)) return malformed('its data is no JSON object');
  const traceparent = get(headers.traceparent);
  const stamp: Stamp = { id, time, ...(traceparent !== '' && { traceparent }) };
  if (!isKnown(source, kind)) return { ok: true, announcement: { ...stamp, type: 'unknown', eventType, data } };
  const read = announcementData[source].safeParse(data);
  if (!read.success) {
    const [issue] = read.error.issues;
    return malformed(`its data is not that of ${eventType}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  // isKnown has checked that the three belong together, which their types do not remember
  return { ok: true, announcement: { ...stamp, source, type: kind, data: read.data } as Announcement };
}

function malformed(why: string): AnnouncementReading {
  return { ok: false, why };
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(payload));
  } catch {
    return undefined;
  }
}

function isKnown(source: string, kind: string): source is AnnouncementSource {
  if (!Object.hasOwn(announcementKinds, source)) return false;
  const kinds: readonly string[] = announcementKinds[source as AnnouncementSource];
  return kinds.includes(kind);
}
