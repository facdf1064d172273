// What tests of waitlists do as people do it: over HTTP, at client-app's door.
import type { BookingView } from '../../lib/contracts/booking.ts';
import type { WaitlistEntryView } from '../../lib/contracts/waitlist.ts';
import { newId } from '../../lib/ids.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { type Answer, bookingOf, call, type Person, theAdmin } from './stage.ts';

export type EntryAnswer = Partial<WaitlistEntryView> & {
  code?: string;
  field?: string;
  statusText?: string;
  cancelUrl?: string;
};

const entries = () => `${system().urls.clientApp}/waitlist-entries`;

export const join = (buyer: Person, eventId: string, seatId: string, key = newId()): Promise<Answer<EntryAnswer>> =>
  call(entries(), { token: buyer.token, headers: { 'idempotency-key': key }, body: { eventId, seatId } });

/** Joins, and insists on it: on a busy machine the answer may be "not yet" or "not in time". */
export async function joined(
  buyer: Person,
  eventId: string,
  seatId: string,
): Promise<{ entryId: string; position: number }> {
  let key = newId();
  const { status, body } = await waitUntil(
    `a place in the queue for ${seatId}`,
    async () => {
      const answer = await join(buyer, eventId, seatId, key);
      if (answer.status === 503) key = newId();
      return answer.status !== 202 && answer.status !== 503 && answer;
    },
    60_000,
  );
  const { entryId, position } = body;
  if (status !== 201 || entryId === undefined || position === undefined)
    throw new Error(`${status}: ${JSON.stringify(body)}`);
  return { entryId, position };
}

export const leave = (buyer: Person, entryId: string): Promise<Answer<EntryAnswer>> =>
  call(`${entries()}/${entryId}/leave`, { token: buyer.token, body: {} });

export const entryOf = (buyer: Person, entryId: string): Promise<Answer<EntryAnswer>> =>
  call(`${entries()}/${entryId}`, { token: buyer.token });

/** The entry as ticket-app has it. */
export async function entryAtTicketApp(entryId: string): Promise<WaitlistEntryView> {
  const { status, body } = await call<WaitlistEntryView>(`${system().urls.ticketApp}/waitlist-entries/${entryId}`, {
    token: system().env.TICKET_APP_SERVICE_SECRETS,
  });
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body;
}

/** The queue of a seat, as an admin sees it. */
export async function queueOf(eventId: string, seatId: string): Promise<WaitlistEntryView[]> {
  const { token } = await theAdmin();
  const { body } = await call<{ entries: WaitlistEntryView[] }>(
    `${system().urls.ticketApp}/events/${eventId}/seats/${seatId}/waitlist`,
    { token },
  );
  return body.entries;
}

export const cancel = (buyer: Person, bookingId: string): Promise<Answer<BookingView & { code?: string }>> =>
  call(`${system().urls.clientApp}/bookings/${bookingId}/cancel`, { token: buyer.token, body: {} });

export const untilEntryIs = (entryId: string, status: string, withinMs?: number): Promise<WaitlistEntryView> =>
  waitUntil(
    `entry ${entryId} to be ${status}`,
    async () => {
      const entry = await entryAtTicketApp(entryId);
      return entry.status === status && entry;
    },
    withinMs,
  );

/** The booking by which a person is offered the seat, once it waits for the payment and client-app has been told. */
export async function offerTo(buyer: Person, entryId: string, withinMs?: number) {
  const { bookingId = '' } = await untilEntryIs(entryId, 'OFFERED', withinMs);
  const booking = await waitUntil(
    `the offer ${bookingId} to reach its person`,
    async () => {
      const { status, body } = await bookingOf(buyer, bookingId);
      return status === 200 && body.status === 'AWAITING_PAYMENT' && body;
    },
    withinMs,
  );
  if (!booking.invoice) throw new Error(`The offer ${bookingId} has no invoice.`);
  return { ...booking, ...booking.invoice };
}
