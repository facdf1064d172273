// What must not be, planted into the records of a settled event: for each, the invariant that it breaks and the sentence by
// which the audit tells of it.
import { expect } from 'chai';
import type { InvariantName } from '../../scripts/audit/invariant.ts';
import type { Databases } from '../../scripts/audit/records.ts';
import type { DatabaseName } from '../../scripts/system/databases.ts';
import { minute, type SettledEvent } from './settled-event.ts';

type Change = Record<string, unknown>;
type Violation = [invariant: InvariantName, what: string, sentence: RegExp, plant: () => Promise<unknown>];

/** `databases` and `event` are asked when something is planted, not before. */
export function violationsIn(databases: () => Databases, event: () => SettledEvent) {
  /** Plants something that must not be. */
  const set = async (database: DatabaseName, name: string, id: string, change: Change) => {
    const { modifiedCount } = await databases()
      [database].collection<{ _id: string }>(name)
      .updateOne({ _id: id }, { $set: change });
    expect(modifiedCount).to.equal(1);
  };
  const booking = (id: string, change: Change) => set('ticket-app', 'bookings', id, change);
  const entry = (id: string, change: Change) => set('ticket-app', 'waitlist_entries', id, change);
  const invoice = (id: string, change: Change) => set('payment-app', 'invoices', id, change);
  const ticket = (id: string, change: Change) => set('ticket-app', 'tickets', id, change);
  const hold = (id: string, change: Change) => set('organizer-x', 'holds', id, change);
  const seat = async (seatId: string, change: Change) => {
    const { eventId } = event();
    await databases()['ticket-app'].collection('seats').updateOne({ eventId, seatId }, { $set: change });
  };
  const step = (n: number, name: string) => ({ at: minute(n), step: name, text: name });
  const paidTwice = ['a', 'b'].map((attemptId) => ({ attemptId, outcome: 'paid' }));
  const succeeded = (n: number) => ({ n, at: minute(9), outcome: 'succeeded' });

  const violations: Violation[] = [
    [
      'I1',
      'two bookings that had a seat at one time',
      /had seat A-1 at one time/,
      () => booking(event().sold, { 'timeline.1.at': minute(15) }),
    ],
    [
      'I1',
      'a seat that its CONFIRMED booking does not have',
      /but its seat A-1 is BOOKED and held by/,
      () => seat('A-1', { 'holder.bookingId': event().returned }),
    ],
    [
      'I1',
      'two valid tickets for a seat',
      /Two tickets for seat A-1/,
      () => ticket(event().returned, { status: 'VALID' }),
    ],
    ['I1', 'two holds of a seat', /holds seat A-1 for two/, () => hold(event().lapsed, { state: 'held' })],
    [
      'I1',
      'a sold seat that the organizer may sell again',
      /others may sell it/,
      () => hold(event().sold, { state: 'released' }),
    ],
    [
      'I2',
      'a ticket and a refund',
      /valid ticket, and its money goes back/,
      () => ticket(event().returned, { status: 'VALID' }),
    ],
    [
      'I2',
      'money without ticket or refund',
      /neither ticket nor refund/,
      () => invoice(event().lapsed, { status: 'PAID', attempts: [{ attemptId: 'a', outcome: 'paid' }] }),
    ],
    [
      'I2',
      'a ticket that nobody paid',
      /that nobody paid/,
      () => invoice(event().sold, { status: 'VOIDED', attempts: [] }),
    ],
    ['I2', 'a ticket without its PDF', /PDF is missing/, () => ticket(event().sold, { fileId: null })],
    [
      'I2',
      'a refund that is told and was never asked for',
      /tells of a refund/,
      () => booking(event().lapsed, { refund: { status: 'pending' } }),
    ],
    [
      'I2',
      'a returned sum that the booking still calls pending',
      /does not say so/,
      () => booking(event().returned, { 'refund.status': 'pending' }),
    ],
    [
      'I3',
      'a booking whose time is over',
      /AWAITING_PAYMENT although its time is over/,
      () => booking(event().lapsed, { status: 'AWAITING_PAYMENT' }),
    ],
    [
      'I3',
      'a cancellation that stands still',
      /goes on being cancelled/,
      () => booking(event().sold, { status: 'CANCELLING' }),
    ],
    [
      'I3',
      'an invoice that outlives its booking',
      /money may still come/,
      () => invoice(event().lapsed, { status: 'PENDING' }),
    ],
    [
      'I3',
      'a seat that an ended booking keeps',
      /A-2 is ON_GOING for a booking that is FAILED/,
      () => seat('A-2', { status: 'ON_GOING', holder: { kind: 'booking', bookingId: event().lapsed } }),
    ],
    [
      'I3',
      'a seat that nobody holds and nobody gets',
      /A-2 is ON_GOING and held by nobody/,
      () => seat('A-2', { status: 'ON_GOING' }),
    ],
    [
      'I3',
      'a seat that stands with an empty queue',
      /A-2 stands with an empty queue/,
      () => seat('A-2', { status: 'ON_GOING', holder: { kind: 'waitlist' } }),
    ],
    ['I3', 'a seat that takes an empty queue for one', /nobody does/, () => seat('A-2', { waitlisted: true })],
    ['I3', 'somebody who waits for an OPEN seat', /A-2, which is OPEN/, () => entry(event().third, { seatId: 'A-2' })],
    [
      'I3',
      'somebody who waits for a closed seat',
      /A-1 is closed, but people wait/,
      () => seat('A-1', { closed: { reason: 'broken' } }),
    ],
    ['I3', 'a queue that its seat does not know of', /does not know of them/, () => seat('A-1', { waitlisted: false })],
    [
      'I3',
      'a seat that came back and is offered to nobody',
      /offered to nobody/,
      () => seat('A-1', { status: 'ON_GOING', holder: { kind: 'waitlist' } }),
    ],
    [
      'I3',
      'an offer without a booking',
      /OFFERED to somebody by a booking that is missing/,
      () => entry(event().third, { status: 'OFFERED' }),
    ],
    [
      'I3',
      "the organizer's hold of an ended booking",
      /hold is held for a booking that is FAILED/,
      () => hold(event().lapsed, { state: 'held' }),
    ],
    [
      'I3',
      'a seat that the organizer keeps for a released hold',
      /keeps seat A-1 for a hold that is released/,
      () => hold(event().sold, { state: 'released' }),
    ],
    [
      'I3',
      'a limit that an ended entry still fills',
      /LEFT and still counts/,
      () => entry(event().third, { status: 'LEFT', active: false, endedAt: minute(7) }),
    ],
    [
      'I3',
      'a limit that an ended booking still fills',
      /FAILED and still counts/,
      () => booking(event().sold, { status: 'FAILED' }),
    ],
    [
      'I4',
      'somebody who was passed over',
      /had joined later than one who was in the queue/,
      () => entry(event().first, { endedAt: minute(18) }),
    ],
    ['I4', 'two people with one place', /Two people have place 2/, () => entry(event().third, { seq: 2 })],
    [
      'I4',
      'a place that does not follow from the time of joining',
      /joined later is before/,
      () => entry(event().first, { joinedAt: minute(5.5) }),
    ],
    [
      'I4',
      'a seat that was sniped',
      /from outside the queue/,
      () =>
        databases()
          ['ticket-app'].collection<{ _id: string }>('bookings')
          .updateOne({ _id: event().sold }, { $unset: { waitlistEntryId: 1 } }),
    ],
    [
      'I4',
      'somebody who was promoted twice in one turn',
      /promoted twice/,
      () =>
        entry(event().second, {
          history: [step(5, 'joined'), step(17, 'offered'), step(18, 'offered'), step(20, 'fulfilled')],
        }),
    ],
    [
      'I5',
      'a copy of a booking that is behind',
      /CONFIRMED \(version 4\); client-app has AWAITING_PAYMENT \(version 3\)/,
      () => set('client-app', 'bookings', event().sold, { status: 'AWAITING_PAYMENT', version: 3 }),
    ],
    [
      'I5',
      'a copy of an entry that is behind',
      /client-app has WAITING \(version 1\)/,
      () => set('client-app', 'waitlist_entries', event().second, { status: 'WAITING', version: 1 }),
    ],
    [
      'I5',
      'a booking that ticket-app has lost',
      /knows a booking that ticket-app does not/,
      () => booking(event().lapsed, { eventId: 'elsewhere' }),
    ],
    [
      'I5',
      'a ticket that never arrived',
      /cannot get the ticket/,
      () => set('client-app', 'bookings', event().sold, { ticketFile: null }),
    ],
    [
      'I5',
      'a call that was never answered',
      /never learned what became of the booking/,
      () => set('client-app', 'bookings', event().lapsed, { version: 0, status: 'REQUESTED', startBefore: minute(11) }),
    ],
    [
      'I5',
      'news of a queue that was never delivered',
      /waitlist.passed has not been delivered/,
      () =>
        entry(event().first, {
          news: [{ webhookId: 'w', type: 'waitlist.passed', createdAt: minute(16), nextAttemptAt: minute(17) }],
        }),
    ],
    [
      'I5',
      'an outcome that was never told',
      /payment.paid has not been delivered/,
      () =>
        invoice(event().sold, {
          deliveries: [{ webhookId: 'w', type: 'payment.paid', status: 'exhausted', createdAt: minute(20) }],
        }),
    ],
    ['I6', 'two charges', /charged 2 times/, () => invoice(event().sold, { attempts: paidTwice })],
    [
      'I6',
      'a charge on a voided invoice',
      /but its invoice is VOIDED/,
      () => invoice(event().sold, { status: 'VOIDED' }),
    ],
    [
      'I6',
      'more back than was paid',
      /go back of 750000/,
      () => invoice(event().returned, { 'refund.amount': 750_001 }),
    ],
    [
      'I6',
      'money that was returned twice',
      /returned 2 times/,
      () => invoice(event().returned, { 'refund.tries': [succeeded(1), succeeded(2)] }),
    ],
    ['I6', 'an invoice of another price', /the seats cost 750000/, () => invoice(event().lapsed, { amount: 1 })],
  ];

  return { violations, booking, invoice, paidTwice };
}
