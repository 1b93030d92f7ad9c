import { anyObject, count, listOf, nullable, object, text } from './context-shape.ts';
import { iso, keyOf, type MachineDefinition, stateCounts } from './definition.ts';
import { type ParticipantContext, participantMachine, type Resource } from './participant/participant-machine.ts';
import { participantShape } from './participant/participant-shape.ts';

/** A parcel that was handed over. */
export interface ShippedParcel {
  readonly parcel: string;
  readonly lines: readonly { readonly line: number; readonly quantity: number }[];
  readonly carrier: string | null;
  readonly tracking: string | null;
  readonly address: Readonly<Record<string, unknown>>;
  readonly transaction: string;
  /** ms since 1970 */
  readonly at: number;
}

/** All parcels of one order. */
export interface ShipmentBook {
  readonly parcels: readonly ShippedParcel[];
}

/** Whether a parcel was shipped by a transaction: then its branch here has been committed. */
export function hasParcelOf(book: ShipmentBook, transaction: string): boolean {
  return book.parcels.some((parcel) => parcel.transaction === transaction);
}

const resource: Resource<ShipmentBook> = {
  hold: (book, { operation, args }) => {
    if (operation !== 'ship') return { code: 'UNKNOWN_OPERATION', reason: `a shipment cannot ${operation}` };
    if (book.parcels.some(({ parcel }) => parcel === args.parcel)) {
      return { code: 'PARCEL_EXISTS', reason: `parcel ${args.parcel} has been shipped` };
    }
    return { ...book };
  },
  apply: (book, { args, transaction }, at) => {
    const { parcel, lines, carrier, tracking, address } = args as unknown as ShippedParcel;
    return { parcels: [...book.parcels, { parcel, lines, carrier, tracking, address, transaction, at }] };
  },
  undo: (book) => book,
  hasApplied: (book, { transaction }) => hasParcelOf(book, transaction),
};

/** An order's parcels, as its carriers know them. */
export const shipmentMachine = participantMachine<ShipmentBook>({
  id: 'shipment',
  description: "An order's parcels: each is booked with its carrier by the vote, and handed over by commit.",
  empty: { parcels: [] },
  resource,
});

/** Shipments, as the runtime runs them. */
export const shipmentDefinition: MachineDefinition = {
  type: 'shipment',
  machine: shipmentMachine,
  version: 1,
  contextShape: participantShape(
    object<ShipmentBook>({
      parcels: listOf(
        object<ShippedParcel>({
          parcel: text,
          lines: listOf(object<ShippedParcel['lines'][number]>({ line: count, quantity: count })),
          carrier: nullable(text),
          tracking: nullable(text),
          address: anyObject,
          transaction: text,
          at: count,
        }),
      ),
    }),
  ),
  commands: [],
  view: ({ address, context }) => ({
    order: keyOf(address),
    parcels: (context as ParticipantContext<ShipmentBook>).book.parcels.map((parcel) => ({
      ...parcel,
      at: iso(parcel.at),
    })),
  }),
  why: () => undefined,
  facets: ({ value }) => ({ counts: stateCounts(value), listing: null }),
  redact: (event) => event,
};
