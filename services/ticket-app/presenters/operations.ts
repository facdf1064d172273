import type {
  BookingInTicketing,
  NotificationDelivery,
  OpenWorkView,
  SeatOfBooking,
} from '../../../lib/contracts/operations.ts';
import type { InspectedBooking } from '../commands/inspect-booking.ts';
import type { Delivery } from '../models/deliveries.ts';
import type { OpenWork } from '../models/open-work.ts';
import type { Seat } from '../models/seat.ts';
import type { TicketRecord } from '../models/ticket-record.ts';
import { presentBooking } from './booking.ts';
import { presentEntry } from './waitlist-entry.ts';

/** A webhook to client-app, as operators see it. */
export const presentNotification = (delivery: Delivery): NotificationDelivery => ({
  webhookId: delivery._id,
  status: delivery.deliveredAt ? 'delivered' : 'pending',
  ...(delivery.bookingId !== undefined && { bookingId: delivery.bookingId }),
  ...(delivery.entryId !== undefined && { entryId: delivery.entryId }),
  type: delivery.type,
  tries: delivery.tries,
  createdAt: delivery.createdAt.toISOString(),
  ...(delivery.deliveredAt && { deliveredAt: delivery.deliveredAt.toISOString() }),
  ...(delivery.lastError !== undefined && { lastError: delivery.lastError }),
});

function heldBy({ holder }: Seat, bookingId: string): SeatOfBooking['heldBy'] {
  if (holder === null) return 'nobody';
  if (holder.kind === 'waitlist') return 'waitlist';
  return holder.bookingId === bookingId ? 'this_booking' : 'another_booking';
}

const presentSeat = (seat: Seat, bookingId: string): SeatOfBooking => ({
  seatId: seat.seatId,
  status: seat.status,
  heldBy: heldBy(seat, bookingId),
  ...(seat.closed && { closed: seat.closed.reason }),
  waitlisted: seat.waitlisted,
  changedAt: seat.changedAt.toISOString(),
});

const presentTicket = ({
  status,
  fileId,
  uses,
  revokedAt,
}: TicketRecord): NonNullable<BookingInTicketing['ticket']> => ({
  status,
  hasFile: fileId !== null,
  usedSeatIds: (uses ?? []).map(({ seatId }) => seatId),
  ...(revokedAt && { revokedAt: revokedAt.toISOString() }),
});

/** Everything of one booking, for operators. */
export const presentInspected = ({
  booking,
  seats,
  ticket,
  deliveries,
  entry,
}: InspectedBooking): BookingInTicketing => ({
  booking: presentBooking(booking),
  runId: booking.runId,
  claimBefore: booking.claimBefore.toISOString(),
  changedAt: booking.changedAt.toISOString(),
  cancelAsked: (booking.cancelAsked ?? []).map(({ at, ...wish }) => ({ ...wish, at: at.toISOString() })),
  seats: seats.map((seat) => presentSeat(seat, booking._id)),
  ...(ticket && { ticket: presentTicket(ticket) }),
  deliveries: deliveries.map(presentNotification),
  ...(entry && { waitlistEntry: presentEntry(entry) }),
});

export const presentOpenWork = (work: Record<string, OpenWork>): OpenWorkView => ({
  kinds: Object.fromEntries(
    Object.entries(work).map(([kind, { since, ...rest }]) => [
      kind,
      { ...rest, ...(since && { since: since.toISOString() }) },
    ]),
  ),
});
