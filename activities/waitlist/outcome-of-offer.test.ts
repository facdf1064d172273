import { expect } from 'chai';
import { describe, it } from 'mocha';
import { type BookingReason, type BookingStatus, textOfReason } from '../../lib/contracts/booking.ts';
import { type OutcomeOfOffer, outcomeOfOffer, textOfOffer } from './outcome-of-offer.ts';

/** What each end of an offer's booking means to the person who waited: protocols.md, "Waitlist actor". */
const ends: Record<BookingReason, OutcomeOfOffer> = {
  payment_expired: 'LAPSED',
  payment_declined: 'LAPSED',
  cancelled_by_customer: 'DECLINED',
  cancelled_by_organizer: 'CLOSED',
  event_cancelled: 'CLOSED',
  not_started: 'requeue',
  too_late: 'requeue',
  not_on_sale: 'requeue',
  limit_reached: 'requeue',
  seat_taken: 'requeue',
  seat_closed: 'requeue',
  organizer_refused: 'requeue',
  organizer_unavailable: 'requeue',
  payment_unavailable: 'requeue',
  seat_lost_after_payment: 'requeue',
};
const reasons = Object.keys(textOfReason) as BookingReason[];
const ticket = { id: 't', sha256: 's' };

describe('what becomes of a place in the queue when the booking of its offer ends', () => {
  for (const reason of reasons) {
    it(`${reason}: ${ends[reason]}`, () => {
      expect(outcomeOfOffer({ status: 'FAILED', reason })).to.equal(ends[reason]);
      expect(outcomeOfOffer({ status: 'CANCELLED', reason })).to.equal(ends[reason]);
    });
  }

  it('nothing while the booking goes on', () => {
    for (const status of ['HOLDING', 'AWAITING_PAYMENT'] satisfies BookingStatus[])
      expect(outcomeOfOffer({ status })).to.equal('running');
  });

  it('FULFILLED once it was confirmed, also if the ticket is given back later, for whatever reason', () => {
    expect(outcomeOfOffer({ status: 'CONFIRMED', ticket })).to.equal('FULFILLED');
    for (const reason of reasons) {
      expect(outcomeOfOffer({ status: 'CANCELLING', reason, ticket })).to.equal('FULFILLED');
      expect(outcomeOfOffer({ status: 'CANCELLED', reason, ticket })).to.equal('FULFILLED');
    }
  });

  it('back to its place when nobody knows why', () => {
    expect(outcomeOfOffer({ status: 'FAILED' })).to.equal('requeue');
  });

  it('has a sentence for each', () => {
    for (const reason of reasons) {
      const outcome = outcomeOfOffer({ status: 'FAILED', reason });
      if (outcome !== 'running') expect(textOfOffer({ reason }, outcome)).to.match(/^[A-Z].+\.$/);
    }
  });
});
