import type { EventView } from '../../../lib/contracts/event.ts';
import type { EventNow } from '../commands/find-events.ts';

/** An event as it leaves the house. */
export function presentEvent({ event, onSale, cancellableUntil, seats }: EventNow): EventView {
  return {
    eventId: event._id,
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
    version: event.version,
  };
}
