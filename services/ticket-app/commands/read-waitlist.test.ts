import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useDatabase } from '../../../test/database.ts';
import { queueRig } from '../../../test/support/queue-rig.ts';
import { createReadWaitlist } from './read-waitlist.ts';

describe('what may be read of a queue', () => {
  const database = useDatabase('ticket-app');

  it('is of those before somebody: what happened to whom, be it an offer, its repeat or an end, and who only waits', async () => {
    const rig = await queueRig(database());
    for (const name of ['first', 'second', 'third', 'me', 'behind']) await rig.join(name);
    const { _id } = await rig.entry('me');
    const read = createReadWaitlist(database());
    const told = async () => {
      const found = await read.one(_id);
      return { position: found?.position, steps: found?.before.map(({ history }) => history.map(({ step }) => step)) };
    };
    expect(await told()).to.deep.equal({ position: 4, steps: [[], [], []] });
    await rig.release('holder');
    await rig.look();
    expect(await told()).to.deep.equal({ position: 4, steps: [['joined', 'offered'], [], []] });
    await rig.leave('second');
    expect(await told()).to.deep.equal({ position: 3, steps: [['joined', 'offered'], ['joined', 'left'], []] });
    expect(await read.place(_id)).to.deep.include({ position: 3 });
  });
});
