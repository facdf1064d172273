import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { offerOf, type WaitlistEntry } from './waitlist-entry.ts';
import { createWaitlistLedger, type EndOfEntry, type WaitlistLedger } from './waitlist-ledger.ts';

const ends: EndOfEntry[] = ['FULFILLED', 'LAPSED', 'DECLINED', 'LEFT', 'CLOSED'];

describe('the ledger of waitlist entries', () => {
  const database = useDatabase('ticket-app');
  let entries: WaitlistLedger;
  let place: { eventId: string; seatId: string };

  const soon = new Date(0);
  async function waiting(seq = 1, customerId = newId()): Promise<WaitlistEntry> {
    const _id = newId();
    expect(await entries.insert({ _id, ...place, customerId, seq }, 'You joined.', seq)).to.equal('inserted');
    return get(_id);
  }
  const get = async (entryId: string): Promise<WaitlistEntry> => {
    const found = await entries.find(entryId);
    if (!found) throw new Error('The entry is gone.');
    return found;
  };
  const offered = async () => {
    const entry = await entries.offered(await waiting(), 'It is offered.');
    if (!entry) throw new Error('It was not offered.');
    return entry;
  };

  beforeEach(() => {
    place = { eventId: newId(), seatId: 'A-1-1' };
    entries = createWaitlistLedger(database());
  });

  it('ends from where the table allows it, and from nowhere else', async () => {
    const from = async (make: () => Promise<WaitlistEntry>) => {
      const answers = await Promise.all(
        ends.map(async (end) => [end, await entries.end(await make(), end, 'It ended.')] as const),
      );
      return answers.filter(([, entry]) => entry !== undefined).map(([end]) => end);
    };
    expect(await from(waiting)).to.deep.equal(['LEFT', 'CLOSED']);
    expect(await from(offered)).to.deep.equal(['FULFILLED', 'LAPSED', 'DECLINED', 'CLOSED']);
    const over = await entries.end(await offered(), 'LAPSED', 'It ended.');
    expect(await from(async () => over ?? (await waiting()))).to.deep.equal([]);
  });

  it('changes once of 20 that change it at once, with one version and one news (K-1, K-5)', async () => {
    const entry = await waiting();
    const changed = await Promise.all(Array.from({ length: 20 }, () => entries.offered(entry, 'It is offered.')));
    expect(changed.filter((one) => one !== undefined)).to.have.length(1);
    const now = await get(entry._id);
    expect(now).to.include({ status: 'OFFERED', version: 2, bookingId: offerOf(entry) });
    expect(now.news.map(({ type }) => type)).to.deep.equal(['waitlist.offered']);
  });

  it('puts an entry back at its place, with another booking for the next offer', async () => {
    const entry = await offered();
    const back = await entries.requeue(entry, 'It failed.', soon);
    expect(back).to.include({ status: 'WAITING', seq: entry.seq, active: true, version: 3 });
    expect(offerOf(back ?? entry)).not.to.equal(offerOf(entry));
  });

  it('takes one active entry of a person for a seat, and another once that has ended', async () => {
    const first = await waiting(1, 'ayu');
    const second = { _id: newId(), ...place, customerId: 'ayu', seq: 2 };
    expect(await entries.insert(second, 'You joined.', 2)).to.equal('duplicate');
    await entries.end(first, 'LEFT', 'You left.');
    expect(await entries.insert(second, 'You joined.', 1)).to.equal('inserted');
  });

  it('forgets news that has been told, and keeps what has not', async () => {
    const entry = await entries.requeue(await offered(), 'It failed.', soon);
    const [told, untold] = entry?.news ?? [];
    await entries.endNews(entry?._id ?? '', told?.webhookId ?? '');
    expect((await get(entry?._id ?? '')).news.map(({ webhookId }) => webhookId)).to.deep.equal([untold?.webhookId]);
  });

  it('keeps the last steps of an entry whose offers fail for days: a webhook has to fit into a request', async () => {
    let entry = await waiting();
    for (let i = 0; i < 120; i += 1) {
      entry = (await entries.offered(entry, `Offer ${i}.`)) ?? entry;
      entry = (await entries.requeue(entry, `It failed ${i}.`, soon)) ?? entry;
    }
    expect(entry.version).to.equal(241);
    expect(entry.history).to.have.length(200);
    expect(entry.history.at(-1)?.text).to.equal('It failed 119.');
  });
});
