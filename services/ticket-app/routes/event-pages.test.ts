import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { type EventSort, eventSorts } from '../../../lib/contracts/catalogue-query.ts';
import { storedEvent } from '../../../test/factories/events.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';
import { type Event, eventModel } from '../models/event.ts';

const day = (days: number) => new Date(Date.now() + days * 24 * 3_600_000);

describe('the pages of the list of events', () => {
  const app = useTicketApp();
  const page = async (query: string) => {
    const { status, body } = await app().call('GET', `/events?${query}`, { as: 'service' });
    expect(status, JSON.stringify(body)).to.equal(200);
    return { ids: body.events.map(({ eventId }: { eventId: string }) => eventId) as string[], next: body.nextCursor };
  };
  const ids = async (query: string) => (await page(query)).ids;
  const store = (events: Event[]) => eventModel(app().connection).insertMany(events);

  afterEach(() => eventModel(app().connection).deleteMany({}));

  const words = ['Senja', 'senja', 'Arus', 'Bulan', 'Zaman', 'Kabut'];
  /** Its sort keys come again every few events, so that pages end among equal ones. */
  const numbered = (i: number) =>
    storedEvent({
      title: words[i % words.length] ?? '',
      startsAt: day(10 + (i % 5)),
      createdAt: day(-(i % 4)),
      prices: i % 7 === 0 ? [] : [100_000 * (1 + (i % 3)), 900_000],
    });

  for (const sort of eventSorts) {
    it(`sorted by ${sort} bring each event that was there once, whatever is added meanwhile`, async () => {
      const before = Array.from({ length: 40 }, (_, i) => numbered(i));
      await store(before);
      const seen: string[] = [];
      let cursor = '';
      do {
        const { ids: some, next } = await page(`sort=${sort}&limit=3${cursor && `&cursor=${cursor}`}`);
        seen.push(...some);
        cursor = next ?? '';
        // Before the cursor and after it, and beside it with the same sort key.
        if (seen.length < 60) await store(Array.from({ length: 3 }, (_, i) => numbered(seen.length + i)));
      } while (cursor !== '');
      expect(new Set(seen).size, 'none twice').to.equal(seen.length);
      expect(seen, 'none left out').to.include.members(before.map(({ _id }) => _id));
      expect(seen.filter((id) => before.some(({ _id }) => _id === id))).to.deep.equal(inOrder(before, sort));
    });
  }

  /** The order in which a list shows them, by its definition. */
  function inOrder(events: Event[], sort: EventSort): string[] {
    const keyOf: Record<EventSort, (event: Event) => number | string> = {
      startsAt: ({ startsAt }) => startsAt.getTime(),
      '-startsAt': ({ startsAt }) => startsAt.getTime(),
      title: ({ title }) => title.toLowerCase(),
      price: ({ prices }) => prices[0] ?? Number.POSITIVE_INFINITY,
      newest: ({ createdAt }) => createdAt.getTime(),
    };
    const compare = <T extends number | string>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0);
    const sorted = events.toSorted((a, b) => compare(keyOf[sort](a), keyOf[sort](b)) || compare(a._id, b._id));
    return (sort === '-startsAt' || sort === 'newest' ? sorted.reverse() : sorted).map(({ _id }) => _id);
  }

  it('have a cursor that is refused with another filter or order', async () => {
    await store([numbered(1), numbered(2)]);
    const { next } = await page('limit=1&city=Jakarta');
    for (const other of ['', 'city=Bandung', 'city=Jakarta&sort=title', 'city=Jakarta&onSale=true']) {
      const { status, body } = await app().call('GET', `/events?limit=1&cursor=${next}&${other}`);
      expect([status, body.code, body.field], other).to.deep.equal([400, 'invalid_cursor', 'query.cursor']);
    }
    expect(await ids(`limit=5&city=Jakarta&cursor=${next}`), 'the size of a page is no filter').to.have.length(1);
  });

  it('may be filtered by price: of a seat that there is, not of what lies between two', async () => {
    await store([
      storedEvent({ _id: 'cheap', prices: [100_000, 200_000] }),
      storedEvent({ _id: 'wide', prices: [100_000, 900_000], startsAt: day(31) }),
      storedEvent({ _id: 'none', prices: [], startsAt: day(32) }),
    ]);
    expect(await ids('minPrice=150000')).to.deep.equal(['cheap', 'wide']);
    expect(await ids('maxPrice=150000')).to.deep.equal(['cheap', 'wide']);
    expect(await ids('minPrice=300000&maxPrice=800000')).to.deep.equal([]);
    expect(await ids('minPrice=200000&maxPrice=200000')).to.deep.equal(['cheap']);
    expect(await ids('minPrice=900000&maxPrice=100000')).to.deep.equal([]);
    expect(await ids('minPrice=0&sort=price')).to.deep.equal(['cheap', 'wide']);
    expect(await ids('sort=price')).to.deep.equal(['cheap', 'wide', 'none']);
  });

  it('may be filtered by owner, and by what can be booked now', async () => {
    await store([
      storedEvent({ _id: 'now', ownerId: 'nada' }),
      storedEvent({ _id: 'soon', ownerId: 'nada', salesStartAt: day(1) }),
      storedEvent({ _id: 'over', ownerId: 'panggung', salesEndAt: day(-1), salesStartAt: day(-2) }),
      storedEvent({ _id: 'going', work: { id: 'w', kind: 'close', to: 'cancelled', at: new Date() } }),
      storedEvent({ _id: 'ended', status: 'ended', ownerId: 'nada' }),
    ]);
    expect((await ids('ownerId=nada')).sort()).to.deep.equal(['now', 'soon']);
    expect(await ids('ownerId=panggung')).to.deep.equal(['over']);
    expect(await ids('ownerId=nobody')).to.deep.equal([]);
    expect(await ids('onSale=true')).to.deep.equal(['now']);
    expect(await ids('onSale=true&status=ended')).to.deep.equal([]);
  });
});
