import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../lib/ids.ts';
import { createBookingLedger } from '../services/ticket-app/models/booking-ledger.ts';
import type { Event } from '../services/ticket-app/models/event.ts';
import { createPurchaseLimits } from '../services/ticket-app/models/purchase-limits.ts';
import { seatModel } from '../services/ticket-app/models/seat.ts';
import { createSeatLedger } from '../services/ticket-app/models/seat-ledger.ts';
import { useDatabase } from '../test/database.ts';
import { someSeats } from '../test/factories/seats.ts';
import { createBookingActivities } from './bookings.ts';

const hour = 3_600_000;
const event = {
  title: 'Malam Gamelan',
  venue: 'Teater Jakarta',
  city: 'Jakarta',
  startsAt: new Date(Date.now() + hour),
  organizer: 'x',
  organizerEventRef: 'ref',
  status: 'published',
  salesStartAt: new Date(Date.now() - hour),
  salesEndAt: new Date(Date.now() + hour),
} as Event;

describe('the steps of a booking', () => {
  const database = useDatabase('ticket-app');
  let eventId: string;
  /** Seats whose waitlist was told to look. */
  let woken: string[];

  /** What else happens while a step runs: just before it looks at the event. */
  let meanwhile: () => Promise<unknown>;

  const bookings = () => createBookingLedger(database());
  const activities = () =>
    createBookingActivities({
      bookings: bookings(),
      seats: createSeatLedger(database()),
      limits: createPurchaseLimits(database()),
      findEvent: async () => {
        await meanwhile();
        return event;
      },
      holdMs: 1_000,
      offerMs: 2_000,
      wakeWaitlist: async ({ seatId }) => {
        woken.push(seatId);
      },
    });
  const input = (seatIds: string[], changes: Record<string, unknown> = {}) => ({
    bookingId: newId(),
    customerId: newId(),
    eventId,
    seatIds,
    startBefore: Date.now() + 10_000,
    claimBefore: Date.now() + 60_000,
    runId: newId(),
    ...changes,
  });
  const holders = async () => {
    const seats = await seatModel(database()).find({ eventId }).sort({ seatId: 1 }).lean();
    return seats.map(({ holder }) => (holder?.kind === 'booking' ? holder.bookingId : null));
  };
  const giveUp = async (bookingId: string) => {
    await activities().endBooking({ bookingId, status: 'FAILED', reason: 'organizer_unavailable' });
    await activities().releaseSeats(bookingId);
  };

  beforeEach(async () => {
    eventId = newId();
    woken = [];
    meanwhile = async () => {};
    await createSeatLedger(database()).add(eventId, someSeats(3));
  });

  it('may be repeated, all at once: the first of them holds, the others find it done (K-1)', async () => {
    const booking = input(['A-1-1', 'A-1-2']);
    const answers = await Promise.all(Array.from({ length: 10 }, () => activities().beginBooking(booking)));
    for (const answer of answers) expect(answer).to.deep.equal({ outcome: 'begun', holdMs: 1_000 });
    expect(await holders()).to.deep.equal([booking.bookingId, booking.bookingId, null]);
    expect((await bookings().get(booking.bookingId)).version).to.equal(2);
  });

  it('holds nothing when it wakes up after the booking was given up (K-2)', async () => {
    const booking = input(['A-1-1', 'A-1-2']);
    meanwhile = async () => {
      meanwhile = async () => {};
      await giveUp(booking.bookingId);
    };
    const answer = await activities().beginBooking(booking);
    expect(answer).to.deep.equal({ outcome: 'refused', refusal: { reason: 'too_late' } });
    expect(await holders()).to.deep.equal([null, null, null]);
    const left = await bookings().get(booking.bookingId);
    expect(left.timeline.map(({ step }) => step)).to.deep.equal(['requested', 'failed']);
    const next = input(['A-1-1', 'A-1-2', 'A-1-3'], { customerId: booking.customerId });
    expect(await activities().beginBooking(next)).to.include({ outcome: 'begun' });
  });

  it('answers from the booking of an older run, and touches nothing', async () => {
    const booking = input(['A-1-1']);
    await activities().beginBooking(booking);
    await giveUp(booking.bookingId);
    const answer = await activities().beginBooking({ ...booking, runId: newId() });
    expect(answer).to.deep.equal({
      outcome: 'foreign',
      booking: { status: 'FAILED', reason: 'organizer_unavailable' },
    });
    expect(await holders()).to.deep.equal([null, null, null]);
  });

  it('gives back what it had of several seats when one of them is taken', async () => {
    const [first, second] = [input(['A-1-2']), input(['A-1-1', 'A-1-2', 'A-1-3'])];
    await activities().beginBooking(first);
    const answer = await activities().beginBooking(second);
    expect(answer).to.deep.equal({
      outcome: 'refused',
      refusal: { reason: 'seat_taken', refusedSeatIds: ['A-1-2'] },
    });
    await giveUp(second.bookingId);
    expect(await holders()).to.deep.equal([null, first.bookingId, null]);
  });

  it('begins nothing after startBefore, yet goes on with what it had begun in time', async () => {
    const late = input(['A-1-1'], { startBefore: Date.now() - 1 });
    expect(await activities().beginBooking(late)).to.deep.equal({
      outcome: 'refused',
      refusal: { reason: 'too_late' },
    });
    const begun = input(['A-1-1']);
    await activities().beginBooking(begun);
    const repeat = await activities().beginBooking({ ...begun, startBefore: Date.now() - 1 });
    expect(repeat).to.include({ outcome: 'begun' });
  });

  it('stays sold once it was confirmed, also where that was lost with its workflow task, and its seats are another’s (K-3)', async () => {
    const booking = input(['A-1-1']);
    const { bookingId } = booking;
    await activities().beginBooking(booking);
    expect(await activities().confirmSeats(bookingId)).to.equal('confirmed');
    await bookings().move(bookingId, 'CONFIRMED', { step: 'confirmed', text: 'Sold.' });
    await activities().releaseSeats(bookingId);
    const next = input(['A-1-1']);
    expect(await activities().beginBooking(next)).to.include({ outcome: 'begun' });
    expect(await activities().confirmSeats(bookingId)).to.equal('confirmed');
    expect(await holders()).to.deep.equal([next.bookingId, null, null]);
  });

  it('stays refused once it has ended, also where the refusal was lost with its workflow task (K-3)', async () => {
    const late = input(['A-1-1'], { startBefore: Date.now() - 1 });
    const refused = { outcome: 'refused', refusal: { reason: 'too_late' } } as const;
    expect(await activities().beginBooking(late)).to.deep.equal(refused);
    await activities().endBooking({ bookingId: late.bookingId, status: 'FAILED', ...refused.refusal });
    expect(await activities().beginBooking(late)).to.deep.equal(refused);
    expect(await holders()).to.deep.equal([null, null, null]);

    const [first, second] = [input(['A-1-2']), input(['A-1-1', 'A-1-2'])];
    await activities().beginBooking(first);
    const taken = { reason: 'seat_taken', refusedSeatIds: ['A-1-2'] } as const;
    await activities().beginBooking(second);
    const ended = { bookingId: second.bookingId, status: 'FAILED', reason: taken.reason } as const;
    await activities().endBooking({ ...ended, refusedSeatIds: ['A-1-2'] });
    await giveUp(first.bookingId);
    expect(await activities().beginBooking(second)).to.deep.equal({ outcome: 'refused', refusal: taken });
  });

  it('releases every seat of a booking, held or not, and as often as it is asked (K-1)', async () => {
    const booking = input(['A-1-1', 'A-1-2', 'A-1-3']);
    await activities().beginBooking(booking);
    await Promise.all([activities().releaseSeats(booking.bookingId), activities().releaseSeats(booking.bookingId)]);
    await activities().releaseSeats(booking.bookingId);
    expect(await holders()).to.deep.equal([null, null, null]);
    const seats = await seatModel(database()).find({ eventId }).lean();
    expect(seats.map(({ status, barred }) => [status, barred.length])).to.deep.equal(Array(3).fill(['OPEN', 1]));
  });

  it('sells no seat that the booking does not hold', async () => {
    const booking = input(['A-1-1', 'A-1-2']);
    await activities().beginBooking(booking);
    expect(await activities().confirmSeats(booking.bookingId)).to.equal('confirmed');
    expect(await activities().confirmSeats(booking.bookingId)).to.equal('confirmed');
    await activities().releaseSeats(booking.bookingId);
    expect(await activities().confirmSeats(booking.bookingId)).to.equal('lost');
  });
});
