import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { someEvent } from '../../../test/factories/events.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';

describe('the list of events of ticket-app', () => {
  const app = useTicketApp();
  const day = (days: number) => new Date(Date.now() + days * 24 * 3_600_000).toISOString();
  const list = async (query: string, as: 'service' | 'admin' = 'service') => {
    const { status, body } = await app().call('GET', `/events?${query}`, { as });
    expect(status, JSON.stringify(body)).to.equal(200);
    return body as { events: Array<{ eventId: string }>; nextCursor?: string };
  };
  const ids = async (query: string, as: 'service' | 'admin' = 'service') =>
    (await list(query, as)).events.map(({ eventId }) => eventId);

  before(async () => {
    const equal = day(30);
    const same = { endsAt: day(80), salesEndAt: day(9) };
    const events = [
      { eventId: 'e1', title: 'Trio Rempah', startsAt: day(10), ...same },
      { eventId: 'e2', title: 'Gamelan Malam', city: 'Bandung', startsAt: day(20), ...same },
      { eventId: 'e4', title: 'Opera', venue: 'Teater Jakarta', startsAt: equal, ...same },
      { eventId: 'e3', title: 'Opera', startsAt: equal, ...same },
      { eventId: 'e5', title: 'Trio Malam', startsAt: day(40), ...same },
      { eventId: 'draft', startsAt: day(15), ...same },
    ];
    for (const event of events) {
      await app().call('POST', '/events', { body: someEvent(event) });
      if (event.eventId !== 'draft') await app().call('POST', `/events/${event.eventId}/publish`);
    }
    await app().call('POST', '/events/e5/cancel');
  });

  it('shows buyers what is published, soonest first, and admins everything', async () => {
    expect(await ids('')).to.deep.equal(['e1', 'e2', 'e3', 'e4']);
    expect(await ids('', 'admin')).to.deep.equal(['e1', 'draft', 'e2', 'e3', 'e4', 'e5']);
    expect(await ids('status=cancelled')).to.deep.equal(['e5']);
    expect(await ids('status=draft')).to.deep.equal([]);
    expect(await ids('status=draft', 'admin')).to.deep.equal(['draft']);
  });

  it('pages by cursor without losing or repeating one, also among equal dates', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(`limit=1${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.events.map(({ eventId }) => eventId));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).to.deep.equal(['e1', 'e2', 'e3', 'e4']);
  });

  it('filters by city whatever its case, by time, and by words', async () => {
    expect(await ids('city=bandung')).to.deep.equal(['e2']);
    expect(await ids(`from=${day(15)}&to=${day(25)}`)).to.deep.equal(['e2']);
    expect(await ids('q=opera')).to.deep.equal(['e3', 'e4']);
    expect(await ids('q=teater')).to.deep.equal(['e4']);
    expect(await ids('q=malam&city=JAKARTA', 'admin')).to.deep.equal(['e5']);
  });

  it('takes words that all stand in the title, the venue, the organizer or the city', async () => {
    expect(await ids('q=trio')).to.deep.equal(['e1']);
    expect(await ids('q=TRIO&status=cancelled')).to.deep.equal(['e5']);
    expect(await ids('q=bandung')).to.deep.equal(['e2']);
    expect(await ids('q=nusa+opera+teater')).to.deep.equal(['e4']);
    expect(await ids('q=opera+gamelan')).to.deep.equal([]);
    for (const strange of ['-opera', '"opera"', 'opera"', '-', '"', '$opera']) {
      expect((await list(`q=${encodeURIComponent(strange)}`)).events.length, strange).to.be.at.most(2);
    }
    expect(await ids('q=-opera')).to.deep.equal(['e3', 'e4']);
  });

  it('names what is wrong with a query', async () => {
    const bad = [
      'limit=0',
      'limit=1000',
      'status=sold',
      'from=then',
      'cursor=rubbish',
      'q=',
      'colour=red',
      'status[$ne]=draft',
      'status=draft&status=ended',
      'sort=colour',
      'minPrice=-1',
      'maxPrice=cheap',
      'onSale=no',
      'ownerId=a%20b',
    ];
    for (const query of bad) {
      const { status, body } = await app().call('GET', `/events?${query}`, { as: 'service' });
      expect(status, query).to.equal(400);
      expect(body.field, query).to.match(/^query\./);
    }
  });
});
