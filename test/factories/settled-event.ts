// What the five databases hold of an event at rest: a seat was sold, given back and refunded, offered to somebody who let
// it lapse, then to somebody who paid; one more waits for it. Another seat is free.
import mongoose from 'mongoose';
import { newId } from '../../lib/ids.ts';
import type { Databases } from '../../scripts/audit/records.ts';
import type { Booking } from '../../services/ticket-app/models/booking.ts';

const begin = Date.now() - 3_600_000;
/** So many minutes after everything began. */
export const minute = (n: number): Date => new Date(begin + n * 60_000);

const price = { amount: 750_000, currency: 'IDR' as const };

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
  await Promise.all([
    insert('ticket-app', 'events', [{ _id: eventId, organizer: 'x', organizerEventRef: `ref-${eventId}` }]),
    insert('ticket-app', 'seats', seatsOf(ids)),
    insert('ticket-app', 'bookings', bookings),
    insert('ticket-app', 'waitlist_entries', entries),
    insert('ticket-app', 'tickets', ticketsOf(ids)),
    insert('ticket-app', 'purchase_limits', [
      { _id: `${eventId}/c-${ids.second}`, bookings: [{ bookingId: ids.sold, seats: 1, unpaid: false }], barred: [] },
    ]),
    insert('ticket-app', 'waiting_limits', [{ _id: `c-${ids.third}`, entries: [ids.third], barred: [] }]),
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
    insert('payment-app', 'invoices', invoicesOf(ids)),
    insert('organizer-x', 'holds', [
      hold(ids, ids.returned, 'released'),
      hold(ids, ids.lapsed, 'released'),
      hold(ids, ids.sold, 'held'),
    ]),
    insert('organizer-x', 'seat_claims', [
      { event: `ref-${eventId}`, seat: 'A-1', reference: ids.sold, claimedAt: minute(19) },
    ]),
    insert('client-app', 'bookings', bookings.map(copyOfBooking)),
    insert(
      'client-app',
      'waitlist_entries',
      entries.map(({ _id, status, version }) => ({ _id, eventId, status, version })),
    ),
  ]);
  return ids;
}

function seatsOf({ eventId, sold }: SettledEvent): object[] {
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
  const holder = { kind: 'booking', bookingId: sold, customerId: 'c' };
  return [
    { ...seat, seatId: 'A-1', status: 'BOOKED', holder, waitlisted: true, waitSeq: 3 },
    { ...seat, seatId: 'A-2', status: 'OPEN' },
  ];
}

type Line = [at: number, step: string];
const timeline = (lines: Line[]) => lines.map(([n, step]) => ({ at: minute(n), step, text: step }));

function bookingsOf({ eventId, returned, lapsed, sold, first, second }: SettledEvent) {
  const booking = (_id: string, customerId: string, status: string, lines: Line[], more: Partial<Booking> = {}) => ({
    _id,
    runId: newId(),
    customerId,
    eventId,
    seatIds: ['A-1'],
    status,
    version: lines.length,
    seats: [{ seatId: 'A-1', section: 'A', row: '1', number: '1', category: 'Gold', price }],
    timeline: timeline(lines),
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
    booking(returned, 'c-0', 'CANCELLED', [...paid, [7, 'cancelling'], [8, 'cancelled'], [9, 'refunded']], { refund }),
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
      { waitlistEntryId: first },
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
      { waitlistEntryId: second },
    ),
  ];
}

const copyOfBooking = ({ _id, eventId, status, version, changedAt }: ReturnType<typeof bookingsOf>[number]) => ({
  _id,
  eventId,
  status,
  version,
  updatedAt: changedAt,
  ticketFile: status === 'CONFIRMED' ? { fileId: new mongoose.Types.ObjectId(), sha256: 'f0', length: 9 } : null,
});

function entriesOf({ eventId, first, second, third }: SettledEvent) {
  const entry = (_id: string, seq: number, status: string, lines: Line[]) => {
    const active = status === 'WAITING';
    const at = lines.at(-1)?.[0] ?? 0;
    const known = { _id, eventId, seatId: 'A-1', customerId: `c-${_id}`, seq, attempt: 1, status, active };
    const history = timeline(lines);
    const times = {
      joinedAt: minute(lines[0]?.[0] ?? 0),
      changedAt: minute(at),
      ...(!active && { endedAt: minute(at) }),
    };
    return { ...known, version: lines.length, history, news: [], ...times };
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

function ticketsOf({ returned, sold }: SettledEvent): object[] {
  const ticket = { fileId: new mongoose.Types.ObjectId(), sha256: 'f0' };
  return [
    { _id: returned, status: 'REVOKED', ...ticket, issuedAt: minute(3), revokedAt: minute(7) },
    { _id: sold, status: 'VALID', ...ticket, issuedAt: minute(20) },
  ];
}

function invoicesOf({ returned, lapsed, sold }: SettledEvent): object[] {
  const invoice = (_id: string, status: string, at: number, more: object = {}) => ({
    _id,
    status,
    ...price,
    attempts: [],
    deliveries: [],
    tombstone: false,
    changedAt: minute(at),
    ...more,
  });
  const paid = (n: number) => [{ attemptId: newId(), outcome: 'paid', startedAt: minute(n), settledAt: minute(n) }];
  const tries = [{ n: 1, at: minute(9), outcome: 'succeeded' }];
  const refund = { refundId: returned, amount: price.amount, triesMade: 1, tries, settledAt: minute(9) };
  return [
    invoice(returned, 'REFUNDED', 9, { attempts: paid(3), refund }),
    invoice(lapsed, 'VOIDED', 16),
    invoice(sold, 'PAID', 20, { attempts: paid(20) }),
  ];
}

const hold = ({ eventId }: SettledEvent, _id: string, state: string) => ({
  _id,
  event: `ref-${eventId}`,
  seats: ['A-1'],
  state,
  settled: true,
  changedAt: minute(20),
});
