import { Context, log } from '@temporalio/activity';
import type { OrganizerCode } from '../lib/contracts/event.ts';
import type { CloseSeats } from '../services/ticket-app/commands/close-seats.ts';
import type { BookingLedger } from '../services/ticket-app/models/booking-ledger.ts';
import type { HoldOutcome, Organizer } from './organizers/organizer.ts';

interface Dependencies {
  bookings: BookingLedger;
  closeSeats: CloseSeats;
  organizers: Record<OrganizerCode, Organizer>;
}

export type OrganizerActivities = ReturnType<typeof createOrganizerActivities>;

/** What a booking asks of the organizer of its event. A hold's reference is the booking's id. */
export function createOrganizerActivities({ bookings, closeSeats, organizers }: Dependencies) {
  async function holdAtOrganizer(bookingId: string): Promise<HoldOutcome> {
    const { event, eventId, seatIds } = await bookings.get(bookingId);
    if (!event) throw new Error(`Booking ${bookingId} has claimed no seats.`);
    const request = { reference: bookingId, eventRef: event.organizerEventRef, seatIds };
    const answer = await organizers[event.organizer].hold(request, Context.current().cancellationSignal);
    if (answer.outcome === 'held') {
      // Not once the booking has ended: this attempt may have been given up, and its hold released.
      await bookings.note(bookingId, { step: 'held', text: 'The organizer holds the seats for you.' }, {}, ['HOLDING']);
    }
    if (answer.outcome === 'refused') {
      // Sold elsewhere: the organizer's word is final, so nobody else is to run into it.
      await closeSeats.close({ eventId, seatIds: answer.seatIds, reason: 'organizer_refused' });
      log.warn('organizer refused seats that we sell', { eventId, seatIds: answer.seatIds, why: answer.why });
    }
    return answer;
  }

  /** Resolves only when the organizer has said so. Releasing what was never held leaves a tombstone there. */
  async function releaseAtOrganizer(bookingId: string): Promise<void> {
    const { event } = await bookings.get(bookingId);
    if (!event) return;
    await organizers[event.organizer].release({ reference: bookingId }, Context.current().cancellationSignal);
  }

  return { holdAtOrganizer, releaseAtOrganizer };
}
