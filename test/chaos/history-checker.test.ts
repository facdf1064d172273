import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { History } from './history.ts';
import { contradictions } from './history-checker.ts';

import { booked, booking, type Happy, happy, invoice, paid, said, second, sold } from './told.ts';

const outcomeOf = () => 'paid';
const rulesOf = (history: History, expected = outcomeOf) => [
  ...new Set(contradictions(history, expected).map(({ rule }) => rule)),
];

describe('the history checker', () => {
  it('finds nothing in a history in which all is well', () => {
    expect(contradictions(happy(), outcomeOf)).to.deep.equal([]);
  });

  const planted: Array<[string, string, (history: Happy) => void]> = [
    [
      'a repeat that made another booking',
      'one key, one effect',
      ({ said, bookings }) => {
        said.push(booked('ayu', 3, 'b2'));
        said.at(-1)!.asked.key = 'key-of-b1';
        bookings.push(booking('b2', 'ayu', 'FAILED', 4));
      },
    ],
    [
      'a repeat that was another try to pay',
      'one key, one effect',
      ({ said, invoices }) => {
        said.push({ ...paid('ayu', 5, 'b1'), told: { attemptId: 'try-2' } });
        invoices[0]!.attempts.push({ attemptId: 'try-2', key: 'pay-b1', method: 'card', outcome: 'paid' });
      },
    ],
    [
      'a booking that nobody asked for',
      'nothing twice',
      ({ bookings }) => {
        bookings.push(booking('b2', 'ayu', 'FAILED', 4));
      },
    ],
    [
      'a payment that nobody asked for',
      'nothing twice',
      ({ invoices }) => {
        invoices[0]!.attempts[0]!.key = 'strange';
      },
    ],
    ['a booking that is gone', 'nothing acknowledged is lost', ({ bookings }) => void bookings.shift()],
    ['a place in a queue that is gone', 'nothing acknowledged is lost', ({ entries }) => void entries.pop()],
    [
      'a payment that is gone',
      'nothing acknowledged is lost',
      ({ invoices }) => {
        invoices[1]!.attempts[0]!.attemptId = 'another';
      },
    ],
    [
      'a cancellation that is gone',
      'nothing acknowledged is lost',
      ({ bookings, invoices }) => {
        bookings[0]!.status = 'FAILED';
        invoices[0]!.isRefunded = true;
      },
    ],
    [
      'a version that was shown and is gone',
      'never backwards',
      ({ bookings }) => {
        bookings[1]!.version = 4;
      },
    ],
    [
      'an older version after a newer one',
      'never backwards',
      ({ seen }) => {
        seen.push({ ...sold('bagus', 25, 'bagus-1'), version: 4 });
      },
    ],
    [
      'a ticket that was taken away',
      'sold is sold',
      ({ bookings, invoices }) => {
        bookings[1]!.status = 'FAILED';
        invoices[1]!.isRefunded = true;
      },
    ],
    [
      'a sale that ended though its cancellation was refused',
      'sold is sold',
      ({ said }) => {
        const cancel = said.find(({ asked }) => asked.do === 'cancel')!;
        Object.assign(cancel, { status: 409, told: { code: 'cancellation_closed' } });
      },
    ],
    [
      'a sale that failed after somebody asked to cancel it',
      'sold is sold',
      ({ said, bookings }) => {
        const cancel = said.find(({ asked }) => asked.do === 'cancel')!;
        Object.assign(cancel, { status: 202, told: { status: 'CANCELLING' } });
        bookings[0]!.status = 'FAILED';
      },
    ],
    [
      'money that was taken too late for the seat',
      'sold is sold',
      ({ seen, bookings, invoices }) => {
        seen.pop();
        bookings[1]!.status = 'FAILED';
        invoices[1]!.isRefunded = true;
      },
    ],
    [
      'a seat that was sold again while it was somebody’s',
      'one winner',
      ({ said, bookings, invoices, seen }) => {
        said.push(booked('dewi', 9, 'b3'), paid('dewi', 10, 'b3'));
        bookings.push(booking('b3', 'dewi', 'CONFIRMED', 5));
        seen.push(sold('dewi', 10, 'b3'));
        invoices.push(invoice('b3'));
      },
    ],
    [
      'a seat that was held for two',
      'one winner',
      ({ said, bookings }) => {
        said.push(booked('dewi', 3, 'b3'));
        bookings.push(booking('b3', 'dewi', 'FAILED', 5));
      },
    ],
    [
      'a later one with the place before',
      'join order',
      ({ entries }) => {
        entries[1]!.seq = 0;
      },
    ],
    [
      'a later one who was offered the seat first',
      'join order',
      ({ entries }) => {
        entries[1]!.offeredAt = [second(12)];
      },
    ],
    [
      'money that was taken twice',
      'charged once',
      ({ invoices, said }) => {
        said.push({ ...paid('ayu', 5, 'b1'), told: { attemptId: 'try-2' } });
        said.at(-1)!.asked.key = 'pay-again';
        invoices[0]!.attempts.push({ attemptId: 'try-2', key: 'pay-again', method: 'card', outcome: 'paid' });
      },
    ],
    [
      'money that was kept',
      'charged once',
      ({ invoices }) => {
        invoices[0]!.isRefunded = false;
      },
    ],
    [
      'a sale whose money went back',
      'charged once',
      ({ invoices }) => {
        invoices[1]!.isRefunded = true;
      },
    ],
    [
      'an error that nobody thought of',
      'no surprise',
      ({ said }) => {
        said.push({ ...booked('dewi', 20, 'b9'), status: 500, told: {} });
      },
    ],
    [
      'a look at one’s own booking that finds nothing',
      'no surprise',
      ({ said: all }) => {
        all.push(said('ayu', 20, { do: 'look', id: 'b1' }, 404, { code: 'booking_not_found' }));
      },
    ],
    [
      'a sign-in that is not taken any more',
      'no surprise',
      ({ said: all }) => {
        all.push(said('ayu', 20, { do: 'cancel', id: 'b1' }, 401, { code: 'unauthenticated' }));
      },
    ],
  ];
  for (const [what, rule, plant] of planted) {
    it(`finds ${what}`, () => {
      const history = happy();
      plant(history);
      expect(rulesOf(history)).to.include(rule);
    });
  }

  it('finds a try to pay that ended otherwise than its seed says', () => {
    expect(rulesOf(happy(), () => 'declined')).to.deep.equal(['decided once']);
  });

  it('excuses a cancellation whose answer was lost', () => {
    const history = happy();
    Object.assign(history.said.find(({ asked }) => asked.do === 'cancel')!, { status: undefined, told: {} });
    expect(contradictions(history, outcomeOf)).to.deep.equal([]);
  });

  it('takes no look for proof that what was seen at its beginning was so at its end', () => {
    const history = happy();
    // Shown as sold at a moment when another one could have it already: both looks overlap.
    history.seen[0] = { ...sold('ayu', 10, 'b1'), to: second(30) };
    expect(contradictions(history, outcomeOf)).to.deep.equal([]);
  });
});
