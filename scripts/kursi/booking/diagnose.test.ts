import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { WholeBooking } from './collect.ts';
import { diagnose } from './diagnose.ts';

const now = Date.parse('2026-11-21T10:00:00Z');
const minutesAgo = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

type Changes = { [K in keyof WholeBooking]?: unknown };

/** A booking of one seat with which everything is well, but for what is said. */
function booking(status: string, changes: Changes = {}, ofTicketing: Record<string, unknown> = {}): WholeBooking {
  const isSold = status === 'CONFIRMED';
  const isOver = status === 'FAILED' || status === 'CANCELLED';
  const heldBy = isOver ? 'nobody' : 'this_booking';
  const seat = { seatId: 'A-1-1', status: isSold ? 'BOOKED' : isOver ? 'OPEN' : 'ON_GOING', heldBy, waitlisted: false };
  const workflow = isSold || isOver ? 'COMPLETED' : 'RUNNING';
  return {
    bookingId: 'b1',
    history: { version: 5, status, hasTicketFile: isSold, updatedAt: minutesAgo(5) },
    ticketing: {
      booking: { version: 5, status, expiresAt: minutesAgo(-10) },
      claimBefore: minutesAgo(-1),
      changedAt: minutesAgo(5),
      seats: [seat],
      deliveries: [],
      ...(isSold && { ticket: { status: 'VALID', hasFile: true, usedSeatIds: [] } }),
      ...ofTicketing,
    },
    invoice: { status: isSold ? 'PAID' : isOver ? 'VOIDED' : 'PENDING' },
    paymentDeliveries: [],
    workflows: [{ workflowId: 'booking/b1', status: workflow, pending: [] }],
    away: {},
    ...changes,
  } as unknown as WholeBooking;
}

const told = (whole: WholeBooking) => diagnose(whole, now).map(({ what }) => what);
const todo = (whole: WholeBooking) => diagnose(whole, now)[0]?.todo;
const gone = { workflows: [{ workflowId: 'booking/b1', status: 'TERMINATED', pending: [] }] };

describe('what is the matter with a booking', () => {
  it('is nothing, in each state, while all agree', () => {
    for (const status of ['HOLDING', 'AWAITING_PAYMENT', 'CONFIRMED', 'FAILED', 'CANCELLED'])
      expect(told(booking(status)), status).to.deep.equal([]);
  });

  it('is a workflow that is gone, with what to do about it, by whether money came', () => {
    expect(told(booking('AWAITING_PAYMENT', gone))).to.deep.equal([
      'It is AWAITING_PAYMENT, and its workflow was TERMINATED: its seats are stuck',
    ]);
    expect(todo(booking('AWAITING_PAYMENT', gone))).to.equal('kursi hold release b1');
    expect(todo(booking('AWAITING_PAYMENT', { ...gone, invoice: { status: 'PAID' } }))).to.match(/^Return the money/);
    const begun = { ticket: { status: 'VALID', hasFile: false, usedSeatIds: [] } };
    expect(todo(booking('AWAITING_PAYMENT', { ...gone, invoice: { status: 'PAID' } }, begun))).to.equal(
      'Have the sale finished: kursi webhooks replay --booking b1 --delivered',
    );
  });

  it('is a seat that is held by a booking that is over', () => {
    const held = [{ seatId: 'A-1-1', status: 'ON_GOING', heldBy: 'this_booking', waitlisted: false }];
    expect(told(booking('FAILED', gone, { seats: held }))[0]).to.include('still holds A-1-1');
    expect(todo(booking('FAILED', gone, { seats: held }))).to.equal('kursi hold release b1');
  });

  it('is an invoice that may still be paid, or is paid, when the booking is over', () => {
    expect(told(booking('FAILED', { invoice: { status: 'PENDING' } }))[0]).to.include('money may still come');
    expect(told(booking('CANCELLED', { invoice: { status: 'PAID' } }))[0]).to.include('nobody returns the money');
  });

  it('is a ticket without its money, its seat or its record', () => {
    expect(told(booking('CONFIRMED', { invoice: { status: 'VOIDED' } }))[0]).to.include('its invoice is VOIDED');
    expect(told(booking('CONFIRMED', {}, { ticket: undefined }))[0]).to.include('its ticket is missing');
    const lost = [{ seatId: 'A-1-1', status: 'BOOKED', heldBy: 'another_booking', waitlisted: false }];
    expect(told(booking('CONFIRMED', {}, { seats: lost }))[0]).to.include('does not have A-1-1');
  });

  it('is a history that is behind, differs or is missing, but not one that has just been left behind', () => {
    const behind = {
      history: { version: 4, status: 'AWAITING_PAYMENT', hasTicketFile: true, updatedAt: minutesAgo(5) },
    };
    expect(told(booking('CONFIRMED', behind))).to.deep.equal([
      'client-app still says AWAITING_PAYMENT; it is CONFIRMED',
    ]);
    expect(todo(booking('CONFIRMED', behind))).to.equal('kursi projections rebuild --booking b1');
    expect(told(booking('CONFIRMED', behind, { changedAt: minutesAgo(0) }))).to.deep.equal([]);
    expect(told(booking('CONFIRMED', { history: null }))[0]).to.include('client-app does not');
    expect(told(booking('CONFIRMED', { ticketing: null }))[0]).to.include('ticket-app knows nothing');
  });

  it('is a webhook that does not arrive, a step at its fourth attempt, and who could not be asked', () => {
    const late = { webhookId: 'w1', type: 'payment.paid', status: 'exhausted', tries: 40, createdAt: minutesAgo(600) };
    expect(todo(booking('CONFIRMED', { paymentDeliveries: [late] }))).to.equal('kursi deliveries retry w1');
    const pending = [{ step: 'releaseAtOrganizer', attempt: 4, lastFailure: '503' }];
    const trying = { workflows: [{ workflowId: 'booking/b1', status: 'RUNNING', pending }] };
    expect(told(booking('FAILED', trying))[0]).to.include('releaseAtOrganizer is at attempt 4: 503');
    expect(told(booking('CONFIRMED', { invoice: undefined, away: { 'payment-app': 'ECONNREFUSED' } }))).to.deep.equal([
      'payment-app could not be asked: ECONNREFUSED',
    ]);
  });

  it('tells what does not go on by itself before what does', () => {
    const levels = diagnose(booking('AWAITING_PAYMENT', { ...gone, away: { 'client-app': 'away' } }), now);
    expect(levels.map(({ level }) => level)).to.deep.equal(['wrong', 'slow']);
  });
});
