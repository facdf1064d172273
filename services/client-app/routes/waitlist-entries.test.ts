import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import type { WaitlistEntryView } from '../../../lib/contracts/waitlist.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, startClientApp } from '../../../test/client-app.ts';
import { bookingView, entryView } from '../../../test/ticketing-stand-in.ts';

describe("a person's places in queues", () => {
  let app: ClientAppUnderTest;
  let buyer: Person;
  let admin: Person;

  before(async () => {
    app = await startClientApp('waitlist-entries', { patienceMs: 2_000 });
    admin = await app.person('admin');
  });
  after(() => app.close());
  beforeEach(async () => {
    buyer = await app.person();
    app.ticketing.fault = undefined;
    app.ticketing.requests.length = 0;
  });

  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  /** A place that client-app was told of, and that ticket-app still tells. */
  async function placed(told: Partial<WaitlistEntryView> = {}, person = buyer): Promise<WaitlistEntryView> {
    const view = entryView(
      { entryId: newId(), customerId: person.userId, eventId: 'konser', seatId: 'A-1' },
      { position: 3, ...told },
    );
    await app.dependencies.waitlist.apply(view);
    app.ticketing.entries.set(view.entryId, view);
    return view;
  }
  const tell = (view: WaitlistEntryView, told: Partial<WaitlistEntryView>) =>
    app.ticketing.entries.set(view.entryId, { ...view, ...told });
  const path = ({ entryId }: WaitlistEntryView) => `/waitlist-entries/${entryId}`;

  describe('the list', () => {
    it('has the active ones first, each kind newest first, in pages, each once', async () => {
      const ended = [at(8), at(9)];
      const active = [at(1), at(2), at(2), at(3)];
      const lapsed = await Promise.all(ended.map((joinedAt) => placed({ status: 'LAPSED', joinedAt })));
      const waiting = await Promise.all(active.map((joinedAt) => placed({ joinedAt })));
      for (const limit of [1, 2, 4, 5]) {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const { data } = await buyer.http.get('/waitlist-entries', { params: { limit, ...(cursor && { cursor }) } });
          seen.push(...data.entries.map((entry: WaitlistEntryView) => entry.entryId));
          cursor = data.nextCursor;
        } while (cursor);
        expect(seen, `pages of ${limit}`).to.have.length(6);
        expect(new Set(seen)).to.deep.equal(new Set([...waiting, ...lapsed].map(({ entryId }) => entryId)));
        expect(seen[0]).to.equal(waiting[3]?.entryId);
        expect(seen.slice(3)).to.deep.equal([waiting[0]?.entryId, lapsed[1]?.entryId, lapsed[0]?.entryId]);
      }
    });

    it('filters by status and by whether it is over', async () => {
      const [waiting, left] = [await placed(), await placed({ status: 'LEFT' })];
      const ids = async (query: string) =>
        (await buyer.http.get(`/waitlist-entries?${query}`)).data.entries.map(
          ({ entryId }: WaitlistEntryView) => entryId,
        );
      expect(await ids('status=LEFT')).to.deep.equal([left.entryId]);
      expect(await ids('active=true')).to.deep.equal([waiting.entryId]);
      expect(await ids('active=false')).to.deep.equal([left.entryId]);
      expect(await ids('active=true&status=LEFT')).to.deep.equal([]);
    });

    it('asks for the positions of a page in one call, and for none where nobody waits', async () => {
      const entries = [await placed(), await placed(), await placed({ status: 'OFFERED', bookingId: 'b' })];
      tell(entries[0]!, { position: 1 });
      const { data } = await buyer.http.get('/waitlist-entries');
      const positions = data.entries.map(({ entryId, position }: WaitlistEntryView) => [entryId, position]);
      expect(Object.fromEntries(positions)).to.deep.equal({
        [entries[0]!.entryId]: 1,
        [entries[1]!.entryId]: 3,
        [entries[2]!.entryId]: 3,
      });
      expect(app.ticketing.requests).to.have.length(1);
      await buyer.http.get('/waitlist-entries?active=false');
      expect(app.ticketing.requests).to.have.length(1);
    });

    it('shows what is newer than its notification, and stores no entry without its history', async () => {
      const entry = await placed();
      tell(entry, { status: 'OFFERED', version: 2, position: 1, bookingId: 'b-1' });
      const { data } = await buyer.http.get('/waitlist-entries');
      expect(data.entries[0]).to.include({ status: 'OFFERED', bookingId: 'b-1', bookingUrl: '/bookings/b-1' });
      expect(await app.dependencies.waitlist.find(entry.entryId)).to.include({ status: 'WAITING', version: 1 });
    });

    it('shows nothing older than what it was told before (K-5)', async () => {
      const entry = await placed({ status: 'OFFERED', version: 2, bookingId: 'b-1' });
      tell(entry, { status: 'WAITING', version: 1, position: 7 });
      const { data } = await buyer.http.get('/waitlist-entries');
      expect(data.entries[0]).to.include({ status: 'OFFERED', version: 2 });
      expect(data.entries[0]).not.to.have.property('position');
    });

    for (const fault of ['cut', 'silence', { status: 503 }] as const) {
      it(`comes without positions while ticket-app is away (${JSON.stringify(fault)}), within 2 s`, async () => {
        const entry = await placed();
        app.ticketing.fault = fault;
        const startedAt = Date.now();
        const { status, data } = await buyer.http.get('/waitlist-entries');
        expect(Date.now() - startedAt).to.be.lessThan(2_000);
        expect([status, data.entries[0].entryId, data.entries[0].status]).to.deep.equal([
          200,
          entry.entryId,
          'WAITING',
        ]);
        expect(data.entries[0]).not.to.have.property('position');
      });
    }

    it("shows another's to admins only", async () => {
      const entry = await placed();
      const theirs = `/waitlist-entries?customerId=${buyer.userId}`;
      expect((await admin.http.get(theirs)).data.entries[0]).to.include({ entryId: entry.entryId, position: 3 });
      const { status, data } = await (await app.person()).http.get(theirs);
      expect([status, data.code]).to.deep.equal([403, 'forbidden']);
    });
  });

  describe('one', () => {
    it('tells why: the whole history, in sentences and data, and the position now', async () => {
      const entry = await placed();
      const history = [
        { at: at(1), step: 'joined', text: 'You joined as 3rd.', position: 3 },
        { at: at(2), step: 'offered', text: 'The seat was offered to the first.', position: 1 },
        { at: at(9), step: 'lapsed', text: 'The first did not pay in time.', position: 1 },
      ];
      // What others do changes neither this entry nor its version.
      tell(entry, { position: 2, history });
      const { status, data } = await buyer.http.get(path(entry));
      expect(status).to.equal(200);
      expect(data).to.deep.include({ position: 2, statusText: 'You are 2nd in the queue for this seat.', history });

      app.ticketing.fault = 'cut';
      const { data: away } = await buyer.http.get(path(entry));
      expect(away).to.deep.include({ status: 'WAITING', history });
      expect(away).not.to.have.property('position');
    });

    it('learns of an offer whose notifications were lost, and of its booking', async () => {
      const entry = await placed();
      const bookingId = `${entry.entryId}-1`;
      tell(entry, { status: 'OFFERED', version: 2, position: 1, bookingId });
      app.ticketing.bookings.set(
        bookingId,
        bookingView(
          { bookingId, customerId: buyer.userId, eventId: 'konser', seatIds: ['A-1'] },
          { waitlistEntryId: entry.entryId },
        ),
      );
      const { data } = await buyer.http.get(path(entry));
      expect(data).to.include({ status: 'OFFERED', bookingId, bookingUrl: `/bookings/${bookingId}` });
      const { data: booking } = await buyer.http.get(data.bookingUrl);
      expect(booking.invoice.paymentUrl).to.equal('http://pay.example/INV-1');
      expect(booking).to.include({
        waitlistEntryId: entry.entryId,
        waitlistEntryUrl: path(entry),
        status: 'AWAITING_PAYMENT',
      });
      expect(Date.parse(booking.expiresAt)).to.be.greaterThan(Date.now());
    });

    it('tells of what has ended why it ended so, also what its notifications left out', async () => {
      const entry = await placed({ status: 'DECLINED', version: 4 });
      const { data: away } = await buyer.http.get(path(entry));
      expect(away).to.include({ status: 'DECLINED', version: 4 });
      expect(away.statusText).to.match(/^You declined/);
      const at = '2026-12-01T00:00:00.000Z';
      const history = ['joined', 'ahead_lapsed', 'offered', 'declined'].map((step) => ({ at, step, text: `${step}.` }));
      tell(entry, { status: 'DECLINED', version: 4, history });
      expect((await buyer.http.get(path(entry))).data).to.deep.include({ status: 'DECLINED', history });
    });

    it("is 404 if it is another's, to read and to leave; an admin may do both", async () => {
      const entry = await placed();
      const stranger = await app.person();
      for (const answer of [
        await stranger.http.get(path(entry)),
        await stranger.http.post(`${path(entry)}/leave`),
        await stranger.http.get(`/waitlist-entries/${newId()}`),
      ]) {
        expect([answer.status, answer.data.code]).to.deep.equal([404, 'waitlist_entry_not_found']);
      }
      expect(app.ticketing.requests).to.have.length(0);
      expect((await admin.http.get(path(entry))).data.position).to.equal(3);
      app.ticketing.onLeave = () => ({ status: 200, body: { ...entry, version: 2, status: 'LEFT' } });
      expect((await admin.http.post(`${path(entry)}/leave`)).data.status).to.equal('LEFT');
      expect((await app.http.get(path(entry))).status).to.equal(401);
    });
  });
});
