import type { BookingReason } from '../lib/contracts/booking.ts';
import { textOfReason } from '../lib/contracts/booking.ts';
import type { WakeWaitlist } from '../services/ticket-app/commands/wake-waitlist.ts';
import { type BookingLedger, wasConfirmed } from '../services/ticket-app/models/booking-ledger.ts';
import { type Event, type FindEvent, isOnSale } from '../services/ticket-app/models/event.ts';
import type { PurchaseLimits } from '../services/ticket-app/models/purchase-limits.ts';
import type { Seat } from '../services/ticket-app/models/seat.ts';
import type { SeatLedger } from '../services/ticket-app/models/seat-ledger.ts';
import type { BookingInput, BookingOutcome } from '../workflows/booking/booking.messages.ts';

export interface Refusal {
  reason: BookingReason;
  refusedSeatIds?: string[];
}

export type BeginAnswer =
  | { outcome: 'begun'; holdMs: number }
  | { outcome: 'refused'; refusal: Refusal }
  | { outcome: 'foreign'; booking: BookingOutcome };

interface EndOfBooking extends Refusal {
  bookingId: string;
  status: 'FAILED' | 'CANCELLED';
  refund?: boolean;
}

interface Dependencies {
  bookings: BookingLedger;
  seats: SeatLedger;
  limits: PurchaseLimits;
  findEvent: FindEvent;
  /** How long an unpaid booking keeps its seats, unless its event says otherwise. */
  holdMs: number;
  /** The same for a booking that was offered to somebody who waited. */
  offerMs: number;
  wakeWaitlist: WakeWaitlist;
}

export type BookingActivities = ReturnType<typeof createBookingActivities>;

/** The steps of a booking in ticket-app's own database. Each may be repeated (K-1). */
export function createBookingActivities(dependencies: Dependencies) {
  const { bookings, seats, limits, findEvent, wakeWaitlist } = dependencies;

  /** The seat of an offer is held by its booking from the start; if it is not, the offer is over. */
  async function offeredSeats({ eventId, seatIds, bookingId }: BookingInput): Promise<Seat[] | Refusal> {
    const held = await Promise.all(seatIds.map((seatId) => seats.heldBy({ eventId, seatId, bookingId })));
    const found = held.filter((seat) => seat !== null);
    return found.length === seatIds.length ? found : { reason: 'seat_taken', refusedSeatIds: seatIds };
  }

  const holdMsOf = ({ holdSeconds, offerSeconds }: Event, isOffer: boolean): number => {
    const [seconds, otherwiseMs] = isOffer ? [offerSeconds, dependencies.offerMs] : [holdSeconds, dependencies.holdMs];
    return seconds === undefined ? otherwiseMs : seconds * 1000;
  };

  /** In sorted order, all or nothing: what was claimed before a refusal is released by the workflow's compensation. */
  async function claimSeats(input: BookingInput, claimBefore: Date): Promise<Seat[] | Refusal> {
    const claimed: Seat[] = [];
    for (const seatId of input.seatIds) {
      const { eventId, bookingId, customerId } = input;
      const answer = await seats.claim({ eventId, seatId, bookingId, customerId, claimBefore });
      switch (answer.outcome) {
        case 'claimed':
        case 'already':
          claimed.push(answer.seat);
          break;
        case 'closed':
        case 'unknown_seat':
          return { reason: 'seat_closed', refusedSeatIds: [seatId] };
        case 'taken':
          return { reason: 'seat_taken', refusedSeatIds: [seatId] };
        case 'barred':
          return { reason: 'too_late' };
      }
    }
    return claimed;
  }

  /** Writes the booking down, then checks the sales window and the person's limits, then claims the seats. */
  async function beginBooking(input: BookingInput & { claimBefore: number; runId: string }): Promise<BeginAnswer> {
    const { bookingId, customerId, eventId, seatIds, runId } = input;
    const claimBefore = new Date(input.claimBefore);
    const { waitlistEntryId } = input;
    const isOffer = waitlistEntryId !== undefined;
    const owner = { customerId, eventId, seatIds, ...(isOffer && { waitlistEntryId }) };
    const booking = await bookings.begin({ _id: bookingId, runId, claimBefore, ...owner });
    if (booking.runId !== runId) {
      const { status, reason } = booking;
      return { outcome: 'foreign', booking: { status, ...(reason && { reason }) } };
    }
    const refuse = (reason: BookingReason): BeginAnswer => ({ outcome: 'refused', refusal: { reason } });
    if (booking.status === 'FAILED' && booking.reason !== undefined) {
      // Refused and ended before, by a workflow task whose result was lost: the document stands (K-3).
      const { reason, refusedSeatIds } = booking;
      return { outcome: 'refused', refusal: { reason, ...(refusedSeatIds && { refusedSeatIds }) } };
    }
    if (!isOffer && booking.version === 1 && Date.now() > input.startBefore) return refuse('too_late');
    const event = await findEvent(eventId);
    if (!event || !(isOffer || isOnSale(event, new Date()))) return refuse('not_on_sale');
    const purchase = { eventId, customerId, bookingId, seats: seatIds.length, claimBefore, offered: isOffer };
    const entered = await limits.enter(purchase);
    if (entered !== 'entered') return refuse(entered === 'barred' ? 'too_late' : 'limit_reached');
    const claimed = isOffer ? await offeredSeats(input) : await claimSeats(input, claimBefore);
    if (!Array.isArray(claimed)) return { outcome: 'refused', refusal: claimed };

    const { title, venue, city, startsAt, organizer, organizerEventRef } = event;
    await bookings.note(
      bookingId,
      { step: 'seats_claimed', text: 'The seats are yours while the organizer is asked.' },
      {
        event: { title, venue, city, startsAt, organizer, organizerEventRef },
        seats: claimed.map(({ seatId, section, row, number, category, price }) => ({
          seatId,
          section,
          row,
          number,
          category,
          price,
        })),
      },
      ['HOLDING'],
    );
    return { outcome: 'begun', holdMs: holdMsOf(event, isOffer) };
  }

  /**
   * A booking that was confirmed stays so, though its seats may be another's by now: the result of the workflow task that
   * sold it was lost, and it has been cancelled since.
   */
  async function confirmSeats(bookingId: string): Promise<'confirmed' | 'lost'> {
    const booking = await bookings.get(bookingId);
    if (wasConfirmed(booking)) return 'confirmed';
    const { eventId, seatIds } = booking;
    for (const seatId of seatIds) {
      if ((await seats.confirm({ eventId, seatId, bookingId })) === 'lost') return 'lost';
    }
    return 'confirmed';
  }

  /** Writes the end down, and with it that money is owed. From here on the buyer knows. */
  async function endBooking({ bookingId, status, reason, refusedSeatIds, refund }: EndOfBooking): Promise<void> {
    const { invoice } = await bookings.get(bookingId);
    await bookings.end(bookingId, status, reason, textOfReason[reason], {
      ...(refusedSeatIds && { refusedSeatIds }),
      ...(refund &&
        invoice && { refund: { refundId: bookingId, status: 'pending', amount: invoice.amount, at: new Date() } }),
    });
  }

  /**
   * Releases every seat of the booking, held or not, and bars it from all of them; takes it out of the person's limits.
   * Each seat that stands with its waitlist then, by this release or an earlier one, is told to its waitlist at once.
   */
  async function releaseSeats(bookingId: string): Promise<void> {
    const { eventId, seatIds, customerId, claimBefore: barUntil } = await bookings.get(bookingId);
    for (const seatId of seatIds) {
      const answer = await seats.release({ eventId, seatId, bookingId, barUntil });
      if (answer === 'handed') await wakeWaitlist({ eventId, seatId });
    }
    await limits.leave({ eventId, customerId, bookingId, barUntil });
  }

  /** An offer has ended, however it did: its waitlist looks what follows from that. */
  async function tellWaitlist(bookingId: string): Promise<void> {
    const { eventId, seatIds } = await bookings.get(bookingId);
    for (const seatId of seatIds) await wakeWaitlist({ eventId, seatId });
  }

  return { beginBooking, confirmSeats, endBooking, releaseSeats, tellWaitlist };
}
