type Related = { readonly id: string; readonly type: string; readonly relationships: readonly Relation[] };
type Relation = { readonly objectId: string; readonly qualifier: string };

/** An OCEL 2.0 log, as far as it matters here. */
export type Log = { readonly objects: readonly Related[]; readonly events: readonly Related[] };

/** What an event is about: the first of these that it has. It does not happen without that. */
const subjects = ['shipped package', 'order', 'item'];

/**
 * The first orders of a log with all that happens to them, as a log of its own. Their packages carry the pieces of
 * other orders no longer; packages with nothing else are gone.
 */
export function firstOrders(log: Log, count: number): Log {
  const gone = new Set<string>();
  const idsOf = (from: Related, qualifier: string): string[] =>
    from.relationships.filter((each) => each.qualifier === qualifier).map(({ objectId }) => objectId);
  for (const order of log.objects.filter(({ type }) => type === 'orders').slice(count)) {
    for (const id of [order.id, ...idsOf(order, 'comprises')]) gone.add(id);
  }
  for (const parcel of log.objects.filter(({ type }) => type === 'packages')) {
    if (idsOf(parcel, 'contains').every((item) => gone.has(item))) gone.add(parcel.id);
  }
  const happens = (event: Related): boolean => {
    const [subject = ''] = subjects.flatMap((qualifier) => idsOf(event, qualifier));
    return !gone.has(subject);
  };
  const withoutGone = (each: Related): Related => ({
    ...each,
    relationships: each.relationships.filter(({ objectId }) => !gone.has(objectId)),
  });
  return {
    objects: log.objects.filter(({ id }) => !gone.has(id)).map(withoutGone),
    events: log.events.filter(happens).map(withoutGone),
  };
}
