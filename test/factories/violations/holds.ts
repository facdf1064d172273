import { inAMinute, type Planted } from './planting.ts';

export const holds: Planted[] = [
  [
    'overdue',
    'a booking whose time is over',
    ({ booking, event }) => booking(event.lapsed, { status: 'AWAITING_PAYMENT' }),
  ],
  [
    'cancelling_stands',
    'a cancellation that stands still',
    ({ booking, event }) => booking(event.sold, { status: 'CANCELLING' }),
  ],
  [
    'payable_after_end',
    'an invoice that outlives its booking',
    ({ invoice, event }) => invoice(event.lapsed, { status: 'PENDING' }),
  ],
  [
    'end_unheard',
    'a booking that waits for a voided invoice',
    ({ booking, event }) => booking(event.lapsed, { status: 'AWAITING_PAYMENT', expiresAt: inAMinute() }),
  ],
  [
    'payment_stands',
    'a payment that nobody will settle',
    ({ invoice, event }) => invoice(event.lapsed, { status: 'PROCESSING', attempts: [{ attemptId: 'a' }] }),
  ],
  [
    'refund_stands',
    'a refund that nobody tries again',
    ({ invoice, event }) => invoice(event.returned, { status: 'REFUNDING' }),
  ],
  [
    'seat_kept',
    'a seat that an ended booking keeps',
    ({ seat, event }) => seat('A-2', { status: 'ON_GOING', holder: { kind: 'booking', bookingId: event.lapsed } }),
  ],
  ['seat_of_nobody', 'a seat that nobody holds and nobody gets', ({ seat }) => seat('A-2', { status: 'ON_GOING' })],
  [
    'empty_queue',
    'a seat that stands with an empty queue',
    ({ seat }) => seat('A-2', { status: 'ON_GOING', holder: { kind: 'waitlist' } }),
  ],
  ['empty_queue', 'a seat that takes an empty queue for one', ({ seat }) => seat('A-2', { waitlisted: true })],
  [
    'waits_for_open',
    'somebody who waits for an OPEN seat',
    ({ entry, event }) => entry(event.third, { seatId: 'A-2' }),
  ],
  [
    'waits_for_closed',
    'somebody who waits for a closed seat',
    ({ seat }) => seat('A-1', { closed: { reason: 'broken' } }),
  ],
  ['seat_ignores_queue', 'a queue that its seat does not know of', ({ seat }) => seat('A-1', { waitlisted: false })],
  [
    'offered_to_nobody',
    'a seat that came back and is offered to nobody',
    ({ seat }) => seat('A-1', { status: 'ON_GOING', holder: { kind: 'waitlist' } }),
  ],
  ['offer_stands', 'an offer without a booking', ({ entry, event }) => entry(event.third, { status: 'OFFERED' })],
  ['hold_kept', "the organizer's hold of an ended booking", ({ hold, event }) => hold(event.lapsed, { state: 'held' })],
  [
    'hold_of_no_booking',
    "the organizer's hold of a booking that is lost",
    ({ databases, event }) =>
      databases['organizer-x'].collection<{ _id: string }>('holds').insertOne({
        _id: `lost-${event.eventId}`,
        event: `ref-${event.eventId}`,
        seats: ['A-2'],
        state: 'held',
        settled: true,
        changedAt: new Date(0),
      } as { _id: string }),
  ],
  [
    'hold_unsettled',
    'a hold that the organizer has left half way',
    ({ hold, event }) => hold(event.returned, { settled: false }),
  ],
  [
    'claim_kept',
    'a seat that the organizer keeps for a released hold',
    ({ hold, event }) => hold(event.sold, { state: 'released' }),
  ],
  ['claim_kept', 'a seat that the organizer keeps for no hold', ({ claim }) => claim({ reference: 'nobody' })],
  [
    'entry_limit_kept',
    'a limit that an ended place still fills',
    ({ entry, event }) => entry(event.third, { status: 'LEFT', active: false, endedAt: new Date() }),
  ],
  [
    'entry_uncounted',
    'a place that does not count for its person',
    ({ remove, event }) => remove('ticket-app', 'waiting_limits', `c-${event.third}`),
  ],
  [
    'limit_kept',
    'a limit that an ended booking still fills',
    ({ booking, event }) => booking(event.sold, { status: 'FAILED' }),
  ],
  [
    'limit_unpaid',
    'a sold booking that counts as unpaid',
    ({ set, event }) =>
      set('ticket-app', 'purchase_limits', `${event.eventId}/c-${event.second}`, { 'bookings.0.unpaid': true }),
  ],
  [
    'limit_uncounted',
    'a sold booking that does not count for its buyer',
    ({ remove, event }) => remove('ticket-app', 'purchase_limits', `${event.eventId}/c-${event.second}`),
  ],
];
