import { minute } from '../settled-clock.ts';
import { type Planted, step } from './planting.ts';

export const order: Planted[] = [
  ['passed_over', 'somebody who was passed over', ({ entry, event }) => entry(event.first, { endedAt: minute(18) })],
  ['place_twice', 'two people with one place', ({ entry, event }) => entry(event.third, { seq: 2 })],
  [
    'joined_in_disorder',
    'a place that does not follow from the time of joining',
    ({ entry, event }) => entry(event.first, { joinedAt: minute(5.5) }),
  ],
  [
    'sniped',
    'a seat that was sniped',
    ({ collection, event }) =>
      collection('ticket-app', 'bookings').updateOne({ _id: event.sold }, { $unset: { waitlistEntryId: 1 } }),
  ],
  [
    'promoted_twice',
    'somebody who was promoted twice in one turn',
    ({ entry, event }) =>
      entry(event.second, {
        history: [step(5, 'joined'), step(17, 'offered'), step(18, 'offered'), step(20, 'fulfilled')],
      }),
  ],
  ['number_ahead', 'a seat that has forgotten its joins', ({ seat }) => seat('A-1', { waitSeq: 2 })],
  [
    'offer_of_another',
    'an offer that somebody else got',
    ({ booking, event }) => booking(event.sold, { customerId: 'somebody' }),
  ],
  [
    'offer_of_another',
    'an offer of no place in a queue',
    ({ booking, event }) => booking(event.sold, { waitlistEntryId: 'nobody' }),
  ],
  [
    'end_differs',
    'a place that ended otherwise than its offer',
    ({ entry, event }) => entry(event.first, { status: 'FULFILLED' }),
  ],
  ['end_differs', 'a place whose offer is lost', ({ entry, event }) => entry(event.first, { attempt: 2 })],
  [
    'active_differs',
    'an ended place that counts as active',
    ({ entry, event }) => entry(event.first, { active: true }),
  ],
];
