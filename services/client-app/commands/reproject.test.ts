import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, startClientApp } from '../../../test/client-app.ts';
import { bookingView } from '../../../test/ticketing-stand-in.ts';
import { keepTicket } from './keep-ticket.ts';
import { reprojectBookings } from './reproject.ts';

describe('rebuilding the row of a booking', () => {
  let app: ClientAppUnderTest;

  before(async () => {
    app = await startClientApp('reproject');
  });
  after(() => app.close());

  it('fetches a lost ticket again, or says that it could not, and looks for it from then on', async () => {
    const { dependencies, ticketing, connection } = app;
    const [bookingId, pdf] = [newId(), Buffer.from('%PDF-1.7 a ticket')];
    const ticket = { id: bookingId, sha256: createHash('sha256').update(pdf).digest('hex') };
    const call = { bookingId, customerId: 'sari', eventId: 'konser', seatIds: ['A-1'] };
    const view = bookingView(call, { version: 3, status: 'CONFIRMED', ticket });
    await dependencies.bookings.apply(view);
    ticketing.bookings.set(bookingId, view);
    ticketing.pdfs.set(bookingId, pdf);
    expect(await keepTicket(dependencies, bookingId)).to.equal('kept');
    const loseIt = () => connection.collection('tickets.chunks').deleteMany({});
    const rebuild = async () => (await reprojectBookings(dependencies, [bookingId]))[0]?.outcome;
    const nextLook = async () => (await dependencies.bookings.find(bookingId))?.check?.nextAttemptAt?.getTime();
    expect(await nextLook()).to.be.greaterThan(Date.now() + 3_600_000);

    await loseIt();
    ticketing.pdfs.delete(bookingId);
    expect(await rebuild()).to.equal('no_answer');
    expect(await nextLook()).to.be.at.most(Date.now());

    ticketing.pdfs.set(bookingId, pdf);
    expect(await keepTicket(dependencies, bookingId)).to.equal('kept');
    await loseIt();
    expect(await rebuild()).to.equal('changed');
    expect((await dependencies.bookings.find(bookingId))?.ticketFile?.sha256).to.equal(ticket.sha256);
    expect(await nextLook()).to.be.greaterThan(Date.now() + 3_600_000);
  });
});
