// What tests of cancelling and of gates do: confirmed bookings, their cancellation, scans, and what must come of them.
import { createPrivateKey } from 'node:crypto';
import { expect } from 'chai';
import type { BookingView } from '../../lib/contracts/booking.ts';
import { ticketNumber } from '../../lib/contracts/booking-number.ts';
import { newId } from '../../lib/ids.ts';
import { signTicketToken } from '../../services/ticket-app/tickets/ticket-token.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { holdsAtX } from './organizer-stage.ts';
import { booked, bookingOf, call, invoiceOf, type Person, pay, seatsOf, theAdmin } from './stage.ts';

export type Told = BookingView & { code?: string; detail?: string; cancellableUntil?: string; usedAt?: string };

const seat = ['A-1-1'];
export const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
/** A killed worker's task goes to the next one after 5 s, and a sweep comes by every 15; the rest is for busy machines. */
export const recoveryMs = 60_000;

export async function confirmed(buyer: Person, eventId: string, seatIds = seat): Promise<BookingView> {
  const booking = await booked(buyer, eventId, seatIds);
  await pay(booking.paymentUrl, 'test_success');
  return waitUntil('the booking to be confirmed, and its ticket stored', async () => {
    const { body } = await bookingOf(buyer, booking.bookingId);
    return body.status === 'CONFIRMED' && body.ticket !== undefined && body;
  });
}

export const cancel = (by: Person, bookingId: string, body: unknown = {}) =>
  call<Told>(`${system().urls.clientApp}/bookings/${bookingId}/cancel`, { token: by.token, body });

/** The code of a ticket's QR, as the worker signs it. */
export function codeOf({ bookingId, eventId, seatIds }: BookingView, index = 0, days = { from: -1, until: 20 }) {
  const at = (day: number) => new Date(Date.now() + day * 24 * 3_600_000);
  return signTicketToken(
    {
      ticketNumber: ticketNumber(bookingId, index),
      bookingId,
      eventId,
      seatId: seatIds[index] ?? '',
      validFrom: at(days.from),
      validUntil: at(days.until),
    },
    createPrivateKey(system().env.TICKET_SIGNING_PRIVATE_KEY ?? ''),
  );
}

export async function checkIn(token: string, { key = newId(), eventId }: { key?: string; eventId?: string } = {}) {
  const { token: admin } = await theAdmin();
  return call<Told>(`${system().urls.ticketApp}/tickets/check-in`, {
    token: admin,
    headers: { 'idempotency-key': key },
    body: { token, ...(eventId && { eventId }) },
  });
}

export const ticketPdf = (buyer: Person, bookingId: string) =>
  call<Told>(`${system().urls.clientApp}/bookings/${bookingId}/ticket.pdf`, { token: buyer.token });

/** Everything that a cancelled, paid booking must have come to; the money may take a moment more. */
export async function expectGivenBack(
  buyer: Person,
  { bookingId, eventId }: BookingView,
  seatId = 'A-1-1',
): Promise<void> {
  await waitUntil(
    'the money to be back',
    async () => (await bookingOf(buyer, bookingId)).body.refund?.status === 'succeeded',
    recoveryMs,
  );
  const { body } = await bookingOf(buyer, bookingId);
  expect(body).to.include({ status: 'CANCELLED' });
  const invoice = await invoiceOf(bookingId);
  expect({ status: invoice.status, refunded: invoice.refund?.amount }).to.deep.equal({
    status: 'REFUNDED',
    refunded: invoice.amount,
  });
  await waitUntil('the seat', async () => (await seatsOf(eventId))[seatId]?.status === 'OPEN', recoveryMs);
  const holds = (await holdsAtX(eventId)).filter(({ reference }) => reference === bookingId);
  expect(holds.map(({ state }) => state)).to.deep.equal(['released']);
}
