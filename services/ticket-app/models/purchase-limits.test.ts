import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { limits } from '../../../lib/contracts/limits.ts';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { slowLineTo } from '../../../test/support/slow-line.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { createPurchaseLimits, type PurchaseLimits } from './purchase-limits.ts';

describe('the limits of a person and event', () => {
  const database = useDatabase('ticket-app');
  let purchases: PurchaseLimits;
  let eventId: string;
  const customerId = 'ayu';
  const soon = () => new Date(Date.now() + 60_000);
  const enter = (bookingId: string, seats = 1, claimBefore = soon()) =>
    purchases.enter({ eventId, customerId, bookingId, seats, claimBefore });
  const leave = (bookingId: string) => purchases.leave({ eventId, customerId, bookingId, barUntil: soon() });

  beforeEach(() => {
    eventId = newId();
    purchases = createPurchaseLimits(database());
  });

  it('lets exactly as many unpaid bookings in as the limit says, of 50 at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => enter(`b${i}`)));
    expect(answers.filter((answer) => answer === 'entered')).to.have.length(limits.unpaidBookingsPerPersonAndEvent);
  });

  it('lets the first two of a person in that come at once: neither is refused because the other was first', async () => {
    for (let round = 0; round < 100; round += 1) {
      eventId = newId();
      expect(await Promise.all([enter('b'), enter('c')])).to.deep.equal(['entered', 'entered']);
    }
  });

  it('counts a repeated entry once', async () => {
    for (let i = 0; i < 5; i += 1) expect(await enter('b', 5)).to.equal('entered');
    expect(await enter('c', 5)).to.equal('entered');
    expect(await enter('d', 1)).to.equal('limit_reached');
  });

  it('goes on counting the seats of what was paid, and no longer counts it as unpaid', async () => {
    await enter('b', 4);
    await enter('c', 4);
    await purchases.markPaid({ eventId, customerId, bookingId: 'b' });
    expect(await enter('d', 3)).to.equal('limit_reached');
    expect(await enter('d', 2)).to.equal('entered');
  });

  it('makes room when a booking leaves, and bars that booking from coming back (K-2)', async () => {
    await enter('b');
    await enter('c');
    await leave('b');
    expect(await enter('d')).to.equal('entered');
    await leave('d');
    expect(await enter('b')).to.equal('barred');
  });

  it('bars a booking that left before it ever entered', async () => {
    await leave('b');
    expect(await enter('b')).to.equal('barred');
    expect(await enter('c', 1, new Date(Date.now() - 1))).to.equal('barred');
  });

  it('enters nothing that was sent in time and arrives after its claimBefore: the database tells the time (K-2)', async () => {
    await enter('first');
    const line = await slowLineTo(database());
    const claimBefore = new Date(Date.now() + 300);
    line.hold();
    const purchase = { eventId, customerId, bookingId: 'b', seats: 1, claimBefore };
    const entering = createPurchaseLimits(line.connection).enter(purchase);
    await line.sent();
    await waitUntil('claimBefore to pass', async () => Date.now() > claimBefore.getTime() + 50);
    line.letGo();
    expect(await entering).to.equal('barred');
    expect(await enter('second')).to.equal('entered');
    await line.close();
  });

  it('keeps events and persons apart', async () => {
    await enter('b');
    await enter('c');
    const other = { bookingId: 'd', seats: 1, claimBefore: soon() };
    expect(await purchases.enter({ eventId, customerId: 'budi', ...other })).to.equal('entered');
    expect(await purchases.enter({ eventId: newId(), customerId, ...other })).to.equal('entered');
  });
});
