import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { limits } from '../../../lib/contracts/limits.ts';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { createWaitingLimits, type WaitingLimits } from './waiting-limits.ts';

describe('the limit of seats that a person waits for', () => {
  const database = useDatabase('ticket-app');
  let waiting: WaitingLimits;
  let customerId: string;
  const inMs = (ms: number) => new Date(Date.now() + ms);
  const enter = (entryId: string, enterBefore = inMs(60_000)) => waiting.enter({ customerId, entryId, enterBefore });
  const leave = (entryId: string, barUntil = inMs(60_000)) => waiting.leave({ customerId, entryId, barUntil });
  const enterAll = () => Promise.all(Array.from({ length: limits.waitingPerPerson }, (_, i) => enter(`e${i}`)));

  beforeEach(() => {
    customerId = newId();
    waiting = createWaitingLimits(database());
  });

  it('lets exactly as many entries in as the limit says, of 50 at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => enter(`e${i}`)));
    expect(answers.filter((answer) => answer === 'entered')).to.have.length(limits.waitingPerPerson);
    expect(answers.filter((answer) => answer === 'limit_reached')).to.have.length(50 - limits.waitingPerPerson);
  });

  it('lets the first two of a person in that come at once: neither is refused because the other was first', async () => {
    for (let round = 0; round < 100; round += 1) {
      customerId = newId();
      expect(await Promise.all([enter('a'), enter('b')])).to.deep.equal(['entered', 'entered']);
    }
  });

  it('counts a repeated entry once, and makes room when one leaves', async () => {
    await enterAll();
    expect(await enter('e0')).to.equal('entered');
    expect(await enter('another')).to.equal('limit_reached');
    await leave('e0');
    expect(await enter('another')).to.equal('entered');
    expect(await enter('one-more')).to.equal('limit_reached');
  });

  it('bars an entry that has ended, and only until then (K-2)', async () => {
    const until = inMs(300);
    await enter('e');
    await leave('e', until);
    expect(await enter('e')).to.equal('barred');
    await waitUntil('the bar to run out', async () => new Date() > until);
    expect(await enter('e')).to.equal('entered');
  });

  it('enters nothing after its time', async () => {
    await enter('first');
    expect(await enter('late', inMs(-1))).to.equal('barred');
  });

  it('gives back what calls that were given up have kept, but not what may yet become an entry', async () => {
    const until = inMs(300);
    await Promise.all([enter('kept'), enter('given-up', until), enter('under-way')]);
    await waitUntil('the time of one call to be over', async () => new Date() > until);
    await waiting.keep(customerId, ['kept']);
    const stored = await database()
      .collection<{ _id: string; entries: Array<{ entryId: string }> }>('waiting_limits')
      .findOne({ _id: customerId });
    expect(stored?.entries.map(({ entryId }) => entryId).sort()).to.deep.equal(['kept', 'under-way']);
  });
});
