import { expect } from 'chai';
import { after, beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { createLogger } from '../../../lib/logging/logger.ts';
import { temporalClient } from '../../../temporal/connection.ts';
import { useDatabase } from '../../../test/database.ts';
import { temporalAddress } from '../../../test/engines.ts';
import { someEvent } from '../../../test/factories/events.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { createBookingLedger } from '../models/booking-ledger.ts';
import { type Event, eventModel } from '../models/event.ts';
import { createEventLedger } from '../models/event-ledger.ts';
import { createHeldSeats } from '../models/held-seats.ts';
import { seatModel } from '../models/seat.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { createTicketRecords } from '../models/ticket-records.ts';
import { createCancelBooking } from './cancel-booking.ts';
import { createCancelHeldBookings } from './cancel-held-bookings.ts';
import { createCancellationProgress } from './cancellation-progress.ts';
import { createWakeWaitlist } from './wake-waitlist.ts';

const workId = 'the-work';

describe('the bookings of an event that is cancelled', () => {
  const database = useDatabase('ticket-app');
  const temporal = temporalClient({ TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: 'default' });
  let eventId: string;
  const bookings = () => createBookingLedger(database());
  const tickets = () => createTicketRecords(database());
  const events = () => createEventLedger(database());
  const event = async () => (await events().find(eventId))!;
  const progress = () => createCancellationProgress(database(), events());

  const cancelHeld = () => {
    const log = createLogger('ticket-app', 'silent');
    const findEvent = events().find;
    return createCancelHeldBookings({
      held: createHeldSeats(database()),
      events: events(),
      cancelBooking: createCancelBooking({ bookings: bookings(), tickets: tickets(), findEvent, temporal, log }),
      wakeWaitlist: createWakeWaitlist(temporal),
      log,
    });
  };
  /** One pass; answers with how many pages it had. */
  async function pass(): Promise<number> {
    let after: string | undefined;
    let pages = 0;
    do {
      after = (
        await cancelHeld().cancelPage(eventId, workId, { alive: async () => undefined, ...(after && { after }) })
      ).next;
      pages += 1;
    } while (after !== undefined);
    return pages;
  }

  /** A booking that has its seats and lost its workflow, so that nothing happens to it by itself. */
  async function booking(seatIds: string[], status: 'HOLDING' | 'CONFIRMED' = 'HOLDING'): Promise<string> {
    const bookingId = newId();
    const claimBefore = new Date(Date.now() + 60_000);
    const more = { customerId: newId(), eventId, seatIds, claimBefore };
    await bookings().begin({ _id: bookingId, runId: 'run-1', ...more });
    for (const seatId of seatIds) {
      await createSeatLedger(database()).claim({
        eventId,
        seatId,
        bookingId,
        customerId: more.customerId,
        claimBefore,
      });
    }
    if (status === 'CONFIRMED') {
      await bookings().move(bookingId, 'CONFIRMED', { step: 'confirmed', text: 'Yours.' });
      await tickets().issue(bookingId);
    }
    return bookingId;
  }

  beforeEach(async () => {
    eventId = newId();
    const at = new Date();
    const cancellation = { startedAt: at, reason: 'No power.', bookings: { left: 0, cancelled: 0 }, usedTickets: [] };
    const work = { id: workId, kind: 'close', to: 'cancelled', at };
    const more = {
      cityKey: 'jakarta',
      titleKey: 'orkes kebun',
      imports: 0,
      createdFrom: 'test',
      version: 0,
      createdAt: at,
      work,
      cancellation,
    };
    await eventModel(database()).create({
      _id: eventId,
      ...someEvent({ status: 'published' }),
      ...more,
    } as unknown as Event);
    await createSeatLedger(database()).add(eventId, someSeats(450));
  });
  after(() => temporal.connection.close());

  it('are found from the seats, page by page of 200, also one with seats on two pages', async () => {
    const ids = Array.from({ length: 450 }, (_, i) => `A-1-${i + 1}`).sort();
    const held = await Promise.all([booking([ids[0]!, ids[449]!]), booking([ids[200]!]), booking([ids[300]!])]);
    await seatModel(database()).updateMany(
      { eventId, holder: null },
      { $set: { status: 'BOOKED', holder: { kind: 'booking', bookingId: 'nowhere', customerId: 'c' } } },
    );
    expect(await pass()).to.equal(3);
    for (const bookingId of held) {
      const { timeline } = await bookings().get(bookingId);
      const told = timeline.filter(({ text }) => text.includes('No power.'));
      expect(told, 'told once, in whatever pass').to.have.length(1);
    }
    await pass();
    for (const bookingId of held) expect((await bookings().get(bookingId)).timeline).to.have.length(2);
  });

  it('with a used ticket stand, are listed once, and hold nothing up', async () => {
    const used = await booking(['A-1-1', 'A-1-2'], 'CONFIRMED');
    await tickets().checkIn({ bookingId: used, seatId: 'A-1-2', key: 'gate-1' });
    await Promise.all([pass(), pass()]);
    expect((await event()).cancellation?.usedTickets).to.eql([used]);
    expect((await bookings().get(used)).status).to.equal('CONFIRMED');
    const standing = await progress().settle(eventId, workId);
    expect(standing).to.eql({ over: true, left: 0, cancelled: 0, used: 1, waiting: 0 });
    expect(await event())
      .to.include({ status: 'cancelled' })
      .and.not.have.property('work');
  });

  it('keep the event from being cancelled while they hold a seat', async () => {
    await booking(['A-1-1']);
    await pass();
    expect(await progress().settle(eventId, workId)).to.include({ over: false, left: 1 });
    expect((await event()).status).to.equal('published');
    expect((await event()).cancellation?.bookings).to.include({ left: 1 });
  });

  it('are left alone once the work is over', async () => {
    const bookingId = await booking(['A-1-1']);
    await events().finishCancellation(eventId, workId);
    expect(await pass()).to.equal(1);
    expect((await bookings().get(bookingId)).timeline).to.have.length(1);
    expect((await progress().settle(eventId, workId)).over).to.equal(true);
  });
});
