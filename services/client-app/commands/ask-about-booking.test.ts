import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, startClientApp } from '../../../test/client-app.ts';
import { bookingView } from '../../../test/ticketing-stand-in.ts';
import { askAboutBooking } from './ask-about-booking.ts';

describe('asking ticket-app about a booking', () => {
  let app: ClientAppUnderTest;
  let call: { bookingId: string; customerId: string; eventId: string; seatIds: string[] };

  before(async () => {
    app = await startClientApp('ask-about-booking');
  });
  after(() => app.close());
  beforeEach(() => {
    call = { bookingId: newId(), customerId: 'sari', eventId: 'konser', seatIds: ['A-1'] };
  });

  const asked = async (startBefore: Date) => {
    const { booking } = await app.dependencies.bookings.request({ ...call, startBefore });
    await askAboutBooking(app.dependencies, booking);
    return app.dependencies.bookings.find(call.bookingId);
  };
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);

  it('takes "unknown" for an outcome only when nothing can start any more (K-4)', async () => {
    expect(await asked(inSeconds(5))).to.include({ status: 'REQUESTED', version: 0 });
  });

  it('knows then that it was never started', async () => {
    expect(await asked(inSeconds(-60))).to.include({ status: 'FAILED', reason: 'not_started', version: 0 });
  });

  it('stores what it is told, whenever that is', async () => {
    app.ticketing.bookings.set(call.bookingId, bookingView(call));
    expect(await asked(inSeconds(5))).to.include({ status: 'AWAITING_PAYMENT', version: 2 });
  });

  it('takes silence and faults for no outcome (K-4)', async () => {
    for (const fault of [{ status: 500 }, { status: 503 }, 'cut'] as const) {
      app.ticketing.fault = fault;
      call = { ...call, bookingId: newId() };
      expect(await asked(inSeconds(-60)), JSON.stringify(fault)).to.include({ status: 'REQUESTED', version: 0 });
    }
    app.ticketing.fault = undefined;
  });
});
