import { bookingNumber } from '../../../lib/contracts/booking-number.ts';
import type { CancellationView, EventView } from '../../../lib/contracts/event.ts';
import type { Money } from '../../../lib/contracts/primitives.ts';
import type { EventNow } from '../commands/find-events.ts';
import type { Cancellation } from '../models/event.ts';

const rupiah = (amount: number): Money => ({ amount, currency: 'IDR' });

/** An event as it leaves the house. */
export function presentEvent({ event, onSale, cancellableUntil, seats }: EventNow): EventView {
  return {
    eventId: event._id,
    ...(event.ownerId !== undefined && { ownerId: event.ownerId }),
    title: event.title,
    description: event.description,
    venue: event.venue,
    city: event.city,
    organizerName: event.organizerName,
    organizer: event.organizer,
    organizerEventRef: event.organizerEventRef,
    startsAt: event.startsAt.toISOString(),
    endsAt: event.endsAt.toISOString(),
    ...(event.doorsAt && { doorsAt: event.doorsAt.toISOString() }),
    salesStartAt: event.salesStartAt.toISOString(),
    salesEndAt: event.salesEndAt.toISOString(),
    cancellableUntil: cancellableUntil.toISOString(),
    status: event.status,
    onSale,
    ...(event.holdSeconds !== undefined && { holdSeconds: event.holdSeconds }),
    ...(event.offerSeconds !== undefined && { offerSeconds: event.offerSeconds }),
    seats,
    ...(event.prices.length > 0 && {
      prices: { lowest: rupiah(event.lowestPrice), highest: rupiah(event.highestPrice) },
    }),
    version: event.version,
  };
}

/** The same for admins: with its cancellation, if there is one. */
export function presentEventToAdmin(now: EventNow): EventView {
  const { cancellation } = now.event;
  return { ...presentEvent(now), ...(cancellation && { cancellation: presentCancellation(cancellation) }) };
}

function presentCancellation(cancellation: Cancellation): CancellationView {
  const { startedAt, reason, bookings, usedTickets, finishedAt } = cancellation;
  return {
    startedAt: startedAt.toISOString(),
    ...(reason !== undefined && { reason }),
    bookings,
    usedTickets: usedTickets.map((bookingId) => ({ bookingId, bookingNumber: bookingNumber(bookingId) })),
    ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
  };
}
