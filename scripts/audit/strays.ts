import { unless, type Violation } from './invariant.ts';
import type { KindName } from './kinds/kinds.ts';
import type { Databases } from './records.ts';

/** What belongs to no booking or event any more, and is therefore among no event's records. */
export async function strays(databases: Databases): Promise<Violation[]> {
  const ticketing = databases['ticket-app'];
  const idsOf = async (name: string, database = ticketing, filter: object = {}): Promise<string[]> => {
    const found = database.collection<{ _id: string }>(name).find(filter, { projection: { _id: 1 } });
    return (await found.toArray()).map(({ _id }) => _id);
  };
  // What follows from a booking is read first: a booking that begins meanwhile is known then.
  const [invoices, tickets, told, soldOf, bookedOf] = await Promise.all([
    idsOf('invoices', databases['payment-app']),
    idsOf('tickets'),
    ticketing.collection('webhook_deliveries').distinct('bookingId', { deliveredAt: null }),
    ticketing.collection('seats').distinct('eventId'),
    // An event whose bookings have all ended may be removed.
    ticketing.collection('bookings').distinct('eventId', { status: { $nin: ['FAILED', 'CANCELLED'] } }),
  ]);
  const [bookings, events] = [new Set(await idsOf('bookings')), new Set(await idsOf('events'))];
  const without = (what: string, ids: readonly unknown[], kind: KindName = 'of_no_booking'): Violation[] =>
    ids
      .filter((id): id is string => typeof id === 'string' && !bookings.has(id))
      .flatMap((bookingId) => unless(kind, false, `${what} belongs to a booking that does not exist.`, { bookingId }));
  return [
    ...without('An invoice', invoices),
    ...without('A ticket', tickets),
    ...without('A notification', told),
    ...[...new Set<string>([...soldOf, ...bookedOf])].flatMap((eventId) =>
      unless('of_no_event', events.has(eventId), 'Seats or bookings belong to an event that does not exist.', {
        eventId,
      }),
    ),
  ];
}
