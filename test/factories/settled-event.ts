// What the five databases hold of an event at rest: a seat was sold, given back and refunded, offered to somebody who let
// it lapse, then to somebody who paid; one more waits for it. Another seat is free.
import type { BookingStatus } from '../../lib/contracts/booking.ts';
import type { WaitlistStatus } from '../../lib/contracts/waitlist.ts';
import { newId } from '../../lib/ids.ts';
import type { Databases } from '../../scripts/audit/records.ts';
import type { RunningWorkflow } from '../../scripts/audit/running-workflows.ts';
import type { Booking } from '../../services/ticket-app/models/booking.ts';
import type { WaitlistEntry } from '../../services/ticket-app/models/waitlist-entry.ts';
import { seatWaitlistWorkflowId } from '../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import { minute, price } from './settled-clock.ts';
import { copyOfBooking, copyOfEntry, hold, invoicesOf, sha256, someFile, ticketsOf } from './settled-neighbours.ts';

export interface SettledEvent {
  eventId: string;
  /** Bookings: given back and refunded; offered and not paid; sold. */
  returned: string;
  lapsed: string;
  sold: string;
  /** Entries, in their order. */
  first: string;
  second: string;
  third: string;
}

/** Inserts it all, under ids of its own. */
export async function settledEvent(databases: Databases): Promise<SettledEvent> {
  const [eventId, returned, first, second, third] = [newId(), newId(), newId(), newId(), newId()];
  const ids = { eventId, returned, first, second, third, lapsed: `${first}-1`, sold: `${second}-1` };
  const insert = (database: keyof Databases, name: string, documents: object[]) =>
    databases[database].collection(name).insertMany(documents);
  const bookings = bookingsOf(ids);
  const entries = entriesOf(ids);
  const [pdf, revokedPdf, copy] = [someFile(), someFile(), someFile()];
  await Promise.all([
    insert('ticket-app', 'events', [{ _id: eventId, organizer: 'x', organizerEventRef: `ref-${eventId}` }]),
    insert('ticket-app', 'seats', seatsOf(ids)),
    insert('ticket-app', 'bookings', bookings),
    insert('ticket-app', 'waitlist_entries', entries),
    insert('ticket-app', 'tickets', ticketsOf(ids, pdf, revokedPdf)),
    insert('ticket-app', 'ticket_pdfs.files', [pdf.file, revokedPdf.file]),
    insert('ticket-app', 'ticket_pdfs.chunks', [pdf.chunk, revokedPdf.chunk]),
    insert('client-app', 'tickets.files', [copy.file]),
    insert('client-app', 'tickets.chunks', [copy.chunk]),
    insert('ticket-app', 'purchase_limits', [
      { _id: `${eventId}/c-${ids.second}`, bookings: [{ bookingId: ids.sold, seats: 1, unpaid: false }], barred: [] },
    ]),
    insert('ticket-app', 'waiting_limits', [{ _id: `c-${ids.third}`, entries: [{ entryId: ids.third }], barred: [] }]),
    insert('ticket-app', 'webhook_deliveries', [
      {
        _id: newId(),
        bookingId: ids.sold,
        type: 'booking.confirmed',
        tries: 1,
        createdAt: minute(21),
        deliveredAt: minute(21),
      },
    ]),
    insert('payment-app', 'invoices', invoicesOf(ids, bookings)),
    insert('organizer-x', 'holds', [
      hold(ids, ids.returned, 'released'),
      hold(ids, ids.lapsed, 'released'),
      hold(ids, ids.sold, 'held'),
    ]),
    insert('organizer-x', 'seat_claims', [
      { event: `ref-${eventId}`, seat: 'A-1', reference: ids.sold, claimedAt: minute(19) },
    ]),
    insert(
      'client-app',
      'bookings',
      bookings.map((booking) => copyOfBooking(booking, copy)),
    ),
    insert('client-app', 'waitlist_entries', entries.map(copyOfEntry)),
  ]);
  return ids;
}

/** What works on it: the queue in which somebody waits. */
export const settledWorkflows = ({ eventId }: SettledEvent): Map<string, RunningWorkflow> =>
  new Map([[seatWaitlistWorkflowId({ eventId, seatId: 'A-1' }), { runId: newId(), startedAt: minute(4), eventId }]]);

function seatsOf({ eventId, sold, second }: SettledEvent): object[] {
  const seat = {
    eventId,
    closed: null,
    waitlisted: false,
    waitSeq: 0,
    barred: [],
    holder: null,
    changedAt: minute(21),
    price,
  };
  const holder = { kind: 'booking', bookingId: sold, customerId: `c-${second}` };
  return [
    { ...seat, seatId: 'A-1', status: 'BOOKED', holder, waitlisted: true, waitSeq: 3 },
    { ...seat, seatId: 'A-2', status: 'OPEN' },
  ];
}

type Line = [at: number, step: string];
const timeline = (lines: Line[]) => lines.map(([n, step]) => ({ at: minute(n), step, text: step }));

function bookingsOf({ eventId, returned, lapsed, sold, first, second }: SettledEvent): Booking[] {
  const booking = (
    _id: string,
    customerId: string,
    status: BookingStatus,
    lines: Line[],
    more: Partial<Booking> = {},
  ) => ({
    _id,
    runId: newId(),
    customerId,
    eventId,
    seatIds: ['A-1'],
    status,
    version: lines.length,
    seats: [{ seatId: 'A-1', section: 'A', row: '1', number: '1', category: 'Gold', price }],
    timeline: timeline(lines),
    invoice: { invoiceNumber: `INV-${_id}`, paymentUrl: `http://pay/${_id}`, ...price },
    claimBefore: minute(lines[0]?.[0] ?? 0),
    expiresAt: minute(lines.at(-1)?.[0] ?? 0),
    createdAt: minute(lines[0]?.[0] ?? 0),
    changedAt: minute(lines.at(-1)?.[0] ?? 0),
    ...more,
  });
  const refund = { refundId: returned, status: 'succeeded', amount: price.amount, at: minute(9) } as const;
  const paid: Line[] = [
    [0, 'requested'],
    [1, 'seats_claimed'],
    [2, 'awaiting_payment'],
    [3, 'confirmed'],
  ];
  return [
    booking(returned, 'c-0', 'CANCELLED', [...paid, [7, 'cancelling'], [8, 'cancelled'], [9, 'refunded']], {
      reason: 'cancelled_by_customer',
      ticket: { id: returned, sha256 },
      refund,
    }),
    booking(
      lapsed,
      `c-${first}`,
      'FAILED',
      [
        [10, 'requested'],
        [11, 'seats_claimed'],
        [12, 'awaiting_payment'],
        [16, 'failed'],
      ],
      { reason: 'payment_expired', waitlistEntryId: first },
    ),
    booking(
      sold,
      `c-${second}`,
      'CONFIRMED',
      [
        [17, 'requested'],
        [18, 'seats_claimed'],
        [19, 'awaiting_payment'],
        [20, 'confirmed'],
      ],
      { ticket: { id: sold, sha256 }, waitlistEntryId: second },
    ),
  ];
}

function entriesOf({ eventId, first, second, third }: SettledEvent): WaitlistEntry[] {
  const entry = (_id: string, seq: number, status: WaitlistStatus, lines: Line[]): WaitlistEntry => {
    const active = status === 'WAITING';
    const at = lines.at(-1)?.[0] ?? 0;
    const known = { _id, eventId, seatId: 'A-1', customerId: `c-${_id}`, seq, attempt: 1, status, active };
    const offered = lines.some(([, step]) => step === 'offered');
    const history = timeline(lines);
    const times = {
      joinedAt: minute(lines[0]?.[0] ?? 0),
      changedAt: minute(at),
      ...(!active && { endedAt: minute(at) }),
    };
    return {
      ...known,
      ...(offered && { bookingId: `${_id}-1` }),
      version: lines.length,
      history,
      news: [],
      ...times,
    };
  };
  return [
    entry(first, 1, 'LAPSED', [
      [4, 'joined'],
      [10, 'offered'],
      [16, 'lapsed'],
    ]),
    entry(second, 2, 'FULFILLED', [
      [5, 'joined'],
      [17, 'offered'],
      [20, 'fulfilled'],
    ]),
    entry(third, 3, 'WAITING', [[6, 'joined']]),
  ];
}
