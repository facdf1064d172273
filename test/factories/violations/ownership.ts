import { minute } from '../settled-clock.ts';
import type { Planted } from './planting.ts';

export const ownership: Planted[] = [
  [
    'two_owners',
    'two bookings that had a seat at one time',
    ({ booking, event }) => booking(event.sold, { 'timeline.1.at': minute(15) }),
  ],
  [
    'seat_not_theirs',
    'a seat that its CONFIRMED booking does not have',
    ({ seat, event }) => seat('A-1', { 'holder.bookingId': event.returned }),
  ],
  [
    'seat_of_a_stranger',
    'a seat that is held by a booking of other seats',
    ({ seat, event }) =>
      seat('A-2', { status: 'BOOKED', holder: { kind: 'booking', bookingId: event.sold, customerId: 'c' } }),
  ],
  [
    'holder_is_another',
    'a seat that names another person than its booking',
    ({ seat }) => seat('A-1', { 'holder.customerId': 'somebody' }),
  ],
  ['two_tickets', 'two valid tickets for a seat', ({ ticket, event }) => ticket(event.returned, { status: 'VALID' })],
  [
    'let_in_twice',
    'two scans of one seat',
    ({ ticket, event }) =>
      ticket(event.sold, { uses: ['a', 'b'].map((key) => ({ seatId: 'A-1', at: minute(30), key })) }),
  ],
  ['two_holds', 'two holds of a seat', ({ hold, event }) => hold(event.lapsed, { state: 'held' })],
  [
    'organizer_does_not_hold',
    'a sold seat that the organizer may sell again',
    ({ hold, event }) => hold(event.sold, { state: 'released' }),
  ],
  [
    'organizer_does_not_hold',
    'a sold seat that the organizer knows nothing of',
    ({ remove, event }) => remove('organizer-x', 'holds', event.sold),
  ],
  [
    'organizer_holds_others',
    "a hold of other seats than the booking's",
    ({ hold, event }) => hold(event.sold, { seats: ['A-1', 'A-2'] }),
  ],
  ['organizer_seat_is_free', 'a hold without its seat', ({ claim }) => claim({ reference: null })],
];
