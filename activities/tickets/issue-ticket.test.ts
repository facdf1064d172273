import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../lib/ids.ts';
import { createBookingLedger } from '../../services/ticket-app/models/booking-ledger.ts';
import { createCustomers } from '../../services/ticket-app/models/customers.ts';
import type { Event } from '../../services/ticket-app/models/event.ts';
import { createPurchaseLimits } from '../../services/ticket-app/models/purchase-limits.ts';
import { createTicketRecords } from '../../services/ticket-app/models/ticket-records.ts';
import { useDatabase } from '../../test/database.ts';
import { someSeats } from '../../test/factories/seats.ts';
import { createTicketActivities } from './issue-ticket.ts';

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);
const event = {
  title: 'Malam Gamelan',
  venue: 'Teater Jakarta',
  city: 'Jakarta',
  organizerName: 'Karya Budaya',
  organizer: 'x' as const,
  organizerEventRef: 'ref',
  startsAt: inHours(24),
  endsAt: inHours(27),
};
const { privateKey: signingKey } = generateKeyPairSync('ed25519');

describe('issuing a ticket', function () {
  this.timeout(30_000);
  const database = useDatabase('ticket-app');
  let bookingId: string;
  const bookings = () => createBookingLedger(database());
  const tickets = () => createTicketRecords(database());
  const issueTicket = (ledger = bookings()) =>
    createTicketActivities({
      bookings: ledger,
      tickets: tickets(),
      limits: createPurchaseLimits(database()),
      findEvent: async () => event as Event,
      customers: createCustomers(database()),
      signingKey,
    }).issueTicket(bookingId);

  beforeEach(async () => {
    bookingId = newId();
    const booking = { customerId: 'ayu', eventId: 'gamelan', seatIds: ['A-1-1'], claimBefore: inHours(0) };
    await bookings().begin({ _id: bookingId, runId: 'run-1', ...booking });
    await bookings().note(bookingId, { step: 'seats_claimed', text: 'Yours.' }, { event, seats: someSeats(1) });
  });

  it('is done once, however many attempts run, and each of them tells so (K-1)', async () => {
    expect(await Promise.all([issueTicket(), issueTicket(), issueTicket()])).to.deep.equal(Array(3).fill('issued'));
    const { status, ticket, timeline } = await bookings().get(bookingId);
    expect(status).to.equal('CONFIRMED');
    expect(ticket?.sha256).to.equal((await tickets().find(bookingId))?.sha256);
    expect(timeline.filter(({ step }) => step === 'confirmed')).to.have.length(1);
    const files = database().collection('ticket_pdfs.files');
    expect(await files.countDocuments({ 'metadata.bookingId': bookingId })).to.equal(1);
  });

  it('that wakes up after a refund has barred it issues nothing, and confirms nothing (K-2)', async () => {
    await tickets().bar(bookingId);
    expect(await issueTicket()).to.equal('revoked');
    expect(await bookings().get(bookingId)).to.include({ status: 'HOLDING' });
    expect(await tickets().openPdf(bookingId)).to.equal(undefined);
  });

  it('whose answer was lost is issued all the same, though its booking is being cancelled or the ticket was taken back', async () => {
    expect(await issueTicket()).to.equal('issued');
    const by = { reason: 'cancelled_by_customer', text: 'You asked for it.' } as const;
    await bookings().beginCancelling(await bookings().get(bookingId), by);
    expect(await issueTicket()).to.equal('issued');
    await tickets().revoke(bookingId, { eventId: 'gamelan', ticketNumbers: [] });
    await bookings().end(bookingId, 'CANCELLED', 'cancelled_by_customer', 'You cancelled.');
    expect(await issueTicket()).to.equal('issued');
    expect(await bookings().get(bookingId)).to.include({ status: 'CANCELLED' });
  });

  it('is issued to a retry that read the booking before the first attempt confirmed it and a cancellation took it back', async () => {
    const ledger = bookings();
    let reads = 0;
    const get = async (id: string) => {
      const booking = await ledger.get(id);
      reads += 1;
      if (reads > 1) return booking;
      await issueTicket();
      const by = { reason: 'cancelled_by_customer', text: 'You asked for it.' } as const;
      await bookings().beginCancelling(await bookings().get(id), by);
      await tickets().revoke(id, { eventId: 'gamelan', ticketNumbers: [] });
      return booking;
    };
    expect(await issueTicket({ ...ledger, get })).to.equal('issued');
    expect(await bookings().get(bookingId)).to.include({ status: 'CANCELLING' });
  });

  it('does not confirm a booking that has ended', async () => {
    await bookings().end(bookingId, 'FAILED', 'payment_expired', 'Too late.');
    const error = await issueTicket().catch((reason: Error) => reason.message);
    expect(error).to.match(/is FAILED and cannot be confirmed/);
    expect((await bookings().get(bookingId)).ticket).to.equal(undefined);
  });
});
