import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { storedEvent } from '../../../test/factories/events.ts';
import { createBookingLedger } from '../models/booking-ledger.ts';
import { createEventLedger } from '../models/event-ledger.ts';
import type { Viewer } from '../models/event-owner.ts';
import { createTicketRecords } from '../models/ticket-records.ts';
import { signTicketToken } from '../tickets/ticket-token.ts';
import { type CheckIn, createCheckIn } from './check-in.ts';
import { createListRevokedTickets, type ListRevokedTickets } from './list-revoked-tickets.ts';

describe("organizers at the gates of their events, and at others'", () => {
  const database = useDatabase('ticket-app');
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const nada: Viewer = { kind: 'organizer', userId: 'nada' };
  const panggung: Viewer = { kind: 'organizer', userId: 'panggung' };
  const eventId = newId();
  const draftId = newId();
  let checkIn: CheckIn;
  let listRevoked: ListRevokedTickets;

  before(async () => {
    const events = createEventLedger(database());
    const tickets = createTicketRecords(database());
    await events.insert(storedEvent({ _id: eventId, ownerId: 'nada' }));
    await events.insert(storedEvent({ _id: draftId, ownerId: 'nada', status: 'draft' }));
    checkIn = createCheckIn({
      bookings: createBookingLedger(database()),
      tickets,
      findEvent: events.find,
      publicKeys: [publicKey],
    });
    listRevoked = createListRevokedTickets({ tickets, findEvent: events.find });
  });

  async function scan(viewer: Viewer, bookingId: string) {
    const token = await signTicketToken(
      {
        ticketNumber: 'KRS-1-1',
        bookingId,
        eventId,
        seatId: 'A-1-1',
        validFrom: new Date(Date.now() - 60_000),
        validUntil: new Date(Date.now() + 60_000),
      },
      privateKey,
    );
    return (await checkIn({ token, key: newId(), viewer })).outcome;
  }

  it('let in to their own, and use up no ticket of another', async () => {
    const bookingId = newId();
    await createTicketRecords(database()).issue(bookingId);
    expect(await scan(panggung, bookingId)).to.equal('not_your_event');
    expect(await scan(nada, bookingId)).to.equal('used');
    expect(await scan({ kind: 'admin' }, bookingId)).to.equal('used_before');
  });

  it('read the revoked tickets of their own; services and admins read all', async () => {
    const outcomeOf = async (viewer: Viewer, id: string) => {
      const list = await listRevoked(id, viewer);
      return 'outcome' in list ? list.outcome : list.tickets;
    };
    expect(await outcomeOf(nada, eventId)).to.deep.equal([]);
    expect(await outcomeOf(panggung, eventId)).to.equal('not_your_event');
    expect(await outcomeOf(panggung, draftId)).to.equal('unknown_event');
    expect(await outcomeOf({ kind: 'public' }, eventId)).to.deep.equal([]);
    expect(await outcomeOf({ kind: 'admin' }, draftId)).to.deep.equal([]);
    expect(await outcomeOf({ kind: 'admin' }, 'none')).to.equal('unknown_event');
  });
});
