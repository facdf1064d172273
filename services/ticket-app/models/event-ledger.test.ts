import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { storedEvent } from '../../../test/factories/events.ts';
import { createEventLedger, type EventLedger } from './event-ledger.ts';

describe("the ledger of events, asked for what is another version's or another's", () => {
  const database = useDatabase('ticket-app');
  let events: EventLedger;
  let eventId: string;
  const work = () => ({ id: newId(), kind: 'import', at: new Date() }) as const;
  const versionNow = async () => (await events.find(eventId))?.version;

  beforeEach(async () => {
    events = createEventLedger(database());
    eventId = newId();
    await events.insert(storedEvent({ _id: eventId, ownerId: 'nada', status: 'draft' }));
  });

  it('lets one of twenty changes of one version through', async () => {
    const changed = await Promise.all(
      Array.from({ length: 20 }, (_, i) => events.change(eventId, 1, { title: `Title ${i}` })),
    );
    expect(changed.filter((event) => event !== null)).to.have.length(1);
    expect(await versionNow()).to.equal(2);
  });

  it('changes no other version', async () => {
    await events.change(eventId, 1, { title: 'First' });
    expect(await events.change(eventId, 1, { title: 'Late' })).to.equal(null);
    expect(await events.move(eventId, 'published', { version: 1 })).to.equal(null);
    expect(await events.beginWork(eventId, work(), { from: ['draft'], guard: { version: 1 } })).to.equal(null);
    expect(await events.find(eventId)).to.deep.include({ title: 'First', status: 'draft', version: 2 });
  });

  it("changes no event that has become another's", async () => {
    await events.change(eventId, 1, { ownerId: 'panggung' });
    const guard = { ownerId: 'nada' };
    expect(await events.move(eventId, 'published', guard)).to.equal(null);
    expect(await events.beginWork(eventId, work(), { from: ['draft'], guard })).to.equal(null);
    expect((await events.move(eventId, 'published', { ownerId: 'panggung', version: 2 }))?.version).to.equal(3);
  });
});
