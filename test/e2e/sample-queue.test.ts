import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import type { WaitlistEntryView } from '../../lib/contracts/waitlist.ts';
import { playSampleQueue, sampleQueue } from '../../scripts/sample-queue/play.ts';
import { system } from '../engines.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { queueOf } from './queue-stage.ts';

const { eventId, seatId, holder, waiting } = sampleQueue;

async function userIdOf({ email }: { email: string }): Promise<string> {
  const users = (await databaseOf('client-app')).collection<{ _id: string; email: string }>('users');
  return (await users.findOne({ email }))?._id ?? `nobody has the address ${email}`;
}

/** All that the sample queue is made of. */
async function asItIs() {
  const ticketApp = await databaseOf('ticket-app');
  const [seat, bookings, queue] = await Promise.all([
    ticketApp.collection('seats').findOne({ eventId, seatId }),
    ticketApp.collection('bookings').find({ eventId, seatIds: seatId }).sort({ _id: 1 }).toArray(),
    queueOf(eventId, seatId),
  ]);
  return { seat, bookings, queue };
}

const order = (queue: WaitlistEntryView[]) => queue.map(({ customerId, status }) => ({ customerId, status }));

describe('the sample queue', function () {
  this.timeout(120_000);
  after(() => closeDatabases());

  it('is a seat that somebody has paid, and three who wait for it in order', async () => {
    expect(await playSampleQueue(system().urls.clientApp)).to.equal(true);
    const { seat, bookings, queue } = await asItIs();
    expect(seat?.status).to.equal('BOOKED');
    const sold = bookings.find(({ status }) => status === 'CONFIRMED');
    expect(sold?.customerId).to.equal(await userIdOf(holder));
    const expected = await Promise.all(
      waiting.map(async (person) => ({ customerId: await userIdOf(person), status: 'WAITING' })),
    );
    expect(order(queue)).to.deep.equal(expected);
  });

  it('changes nothing when it is played again', async () => {
    const before = await asItIs();
    expect(await playSampleQueue(system().urls.clientApp)).to.equal(false);
    expect(await asItIs()).to.deep.equal(before);
  });
});
