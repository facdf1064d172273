import type { Connection } from 'mongoose';
import { pricesOf } from '../commands/price-list.ts';
import { cityKeyOf, type Event, eventModel, titleKeyOf } from '../models/event.ts';
import { seatModel } from '../models/seat.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { organizerNames, ownerIds, seededEvents } from './events.ts';
import { seatsOf } from './venues.ts';

const dayMs = 24 * 3_600_000;
const jakartaOffsetHours = 7;
const batch = 1_000;

function rowOf(seeded: (typeof seededEvents)[number], now: Date): Event {
  const midnight = new Date(now.toISOString().slice(0, 10)).getTime();
  const startsAt = midnight + seeded.inDays * dayMs + (seeded.hour - jakartaOffsetHours) * 3_600_000;
  const { eventId, title, description, venue, organizer, organizerEventRef, status, holdSeconds } = seeded;
  return {
    _id: eventId,
    ownerId: ownerIds[organizer],
    title,
    titleKey: titleKeyOf(title),
    description,
    venue: venue.name,
    city: venue.city,
    cityKey: cityKeyOf(venue.city),
    organizerName: organizerNames[organizer],
    organizer,
    organizerEventRef,
    startsAt: new Date(startsAt),
    endsAt: new Date(startsAt + seeded.durationHours * 3_600_000),
    doorsAt: new Date(startsAt - 3_600_000),
    salesStartAt: new Date(midnight + (seeded.salesInDays ?? -1) * dayMs),
    salesEndAt: new Date(startsAt - 3_600_000),
    status,
    ...(holdSeconds !== undefined && { holdSeconds }),
    ...pricesOf(venue.sections.map(({ price }) => price)),
    imports: 0,
    createdFrom: 'seed',
    version: 1,
    createdAt: now,
  };
}

/**
 * Puts in what is missing of nine events and their seats, and changes nothing that is there: dates stay as they were
 * seeded first, sold seats stay sold. May be repeated, and goes on where a killed one stopped.
 */
export async function seed(connection: Connection): Promise<void> {
  const events = eventModel(connection);
  const seats = seatModel(connection);
  const ledger = createSeatLedger(connection);
  const now = new Date();
  for (const seeded of seededEvents) {
    const { _id, ...row } = rowOf(seeded, now);
    const wanted = seatsOf(seeded.venue);
    // Seats before their event: an event that can be seen has all its seats.
    if ((await seats.countDocuments({ eventId: _id })) < wanted.length) {
      for (let from = 0; from < wanted.length; from += batch) await ledger.add(_id, wanted.slice(from, from + batch));
    }
    await events.updateOne({ _id }, { $setOnInsert: row }, { upsert: true });
  }
}
