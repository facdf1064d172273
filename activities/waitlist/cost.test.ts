import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import mongoose, { type Connection } from 'mongoose';
import { useDatabase } from '../../test/database.ts';
import { type QueueRig, queueRig } from '../../test/support/queue-rig.ts';

/** How many wait beside the one who is looked at. */
const few = 5;
const many = 300;

describe('what a step of the waitlist costs the database', function () {
  this.timeout(60_000);
  const database = useDatabase('ticket-app');
  const queues: Record<number, QueueRig> = {};
  let watched: Connection;
  let commands: string[] = [];

  after(() => watched.close());
  before(async () => {
    const { host, port, name } = database();
    watched = await mongoose
      .createConnection(`mongodb://${host}:${port}/${name}?directConnection=true`, {
        monitorCommands: true,
        autoIndex: false,
        autoCreate: false,
      })
      .asPromise();
    watched.getClient().on('commandStarted', ({ commandName }) => commands.push(commandName));
    for (const waiting of [few, many]) {
      const rig = await queueRig(watched);
      for (let i = 0; i < waiting; i++) await rig.join(`before-${i}`);
      queues[waiting] = rig;
    }
  });

  /** The commands that a step sends, with few and with many waiting. */
  async function costOf(step: (rig: QueueRig) => Promise<unknown>): Promise<string[]> {
    const costs: string[][] = [];
    for (const waiting of [few, many]) {
      commands = [];
      await step(queues[waiting]!);
      costs.push(commands);
    }
    expect(costs[0]).to.deep.equal(costs[1]);
    return costs[0] ?? [];
  }

  for (const [what, atMost, step] of [
    ['a join', 9, (rig) => rig.join('me')],
    ['a leave', 5, (rig) => rig.leave('me')],
    ['a look at a seat that is held', 6, (rig) => rig.look()],
    [
      'an offer',
      7,
      async (rig) => {
        await rig.release('holder');
        commands = [];
        expect(await rig.look()).to.include({ kind: 'offered' });
      },
    ],
  ] as Array<[string, number, (rig: QueueRig) => Promise<unknown>]>) {
    it(`${what} costs the same with ${few} and with ${many} waiting, and at most ${atMost} commands`, async () => {
      const cost = await costOf(step);
      expect(cost.length).to.be.at.least(1);
      expect(cost.length).to.be.at.most(atMost);
    });
  }

  it('reads no more documents with many waiting than it needs: each query has its index', async () => {
    const { eventId, seatId } = queues[many]!.place;
    const entries = watched.collection('waitlist_entries');
    const queue = { eventId, seatId };
    const read = async (filter: Record<string, unknown>, limit = 0) => {
      const plan = await entries
        .find({ ...queue, ...filter })
        .sort({ seq: 1 })
        .limit(limit)
        .explain('executionStats');
      return (plan as { executionStats: { totalDocsExamined: number } }).executionStats.totalDocsExamined;
    };
    expect(await read({ active: true })).to.be.at.least(many - 1);
    expect(await read({ status: 'OFFERED' })).to.be.at.most(1);
    expect(await read({ active: true, status: 'WAITING' }, 1)).to.be.at.most(2);
    expect(await read({ active: true, customerId: 'nobody' })).to.equal(0);
    expect(await read({ seq: { $lt: 1_000_000 }, endedAt: { $gte: new Date(Date.now() + 60_000) } })).to.equal(0);
  });
});
