import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import mongoose from 'mongoose';
import { testMongoUri } from '../../test/engines.ts';
import { minute, type SettledEvent, settledEvent } from '../../test/factories/settled-event.ts';
import { violationsIn } from '../../test/factories/violations.ts';
import { DATABASES, type DatabaseName } from '../system/databases.ts';
import { audit } from './audit.ts';
import type { Acknowledged, Violation } from './invariant.ts';
import type { Databases } from './records.ts';

describe('the audit', () => {
  let databases: Databases;
  let event: SettledEvent;

  before(async function () {
    this.timeout(30_000);
    const names = Object.keys(DATABASES) as DatabaseName[];
    const open = (name: string) => mongoose.createConnection(testMongoUri(`audit-${name}`)).asPromise();
    const opened = await Promise.all(names.map(async (name) => [name, await open(name)] as const));
    databases = Object.fromEntries(opened) as Databases;
  });
  after(async () => {
    for (const connection of Object.values(databases)) {
      await connection.dropDatabase();
      await connection.close();
    }
  });
  beforeEach(async () => {
    event = await settledEvent(databases);
  });

  const check = async (acknowledged: Acknowledged[] = [], workflows?: ReadonlySet<string>) =>
    (await audit(databases, { eventIds: [event.eventId], acknowledged, ...(workflows && { workflows }) })).violations;
  const { violations, booking, invoice, paidTwice } = violationsIn(
    () => databases,
    () => event,
  );

  it('finds nothing in an event at rest, alone or among all', async () => {
    expect(await check()).to.deep.equal([]);
    const { checked, violations } = await audit(databases);
    expect(violations).to.deep.equal([]);
    expect(checked).to.deep.include({ workflows: 0, clientEntries: checked.entries });
    expect(checked.events).to.be.at.least(1);
    expect(checked.bookings).to.equal(3 * checked.events);
  });

  for (const [invariant, what, sentence, plant] of violations) {
    it(`finds ${what} (${invariant})`, async () => {
      await plant();
      const found = await check();
      const sentences = found.filter((one) => one.invariant === invariant).map((one) => one.what);
      expect(
        sentences.filter((text) => sentence.test(text)),
        JSON.stringify(found),
      ).to.have.length.greaterThan(0);
    });
  }

  const alone: Array<[what: string, sentence: RegExp, plant: () => Promise<unknown>]> = [
    [
      'an unpaid booking without a workflow',
      /AWAITING_PAYMENT, and no workflow works on it/,
      () => booking(event.lapsed, { status: 'AWAITING_PAYMENT', expiresAt: new Date(Date.now() + 60_000) }),
    ],
    [
      'a refund without a workflow',
      /its refund pending, and no workflow works on it/,
      () => booking(event.returned, { 'refund.status': 'pending' }),
    ],
    ['a queue without its workflow', /the workflow of its queue does not run/, async () => {}],
  ];
  for (const [what, sentence, plant] of alone) {
    it(`finds ${what}, where Temporal is asked (I3)`, async () => {
      await plant();
      const about = (found: Violation[]) => found.filter((one) => sentence.test(one.what));
      const [found] = about(await check([], new Set()));
      expect(found?.cause).to.match(/terminated/);
      const { eventId, lapsed, returned } = event;
      const running = new Set([`booking/${lapsed}`, `cancellation/${returned}`, `waitlist/${eventId}/A-1`]);
      expect(about(await check([], running))).to.deep.equal([]);
      expect(about(await check())).to.deep.equal([]);
    });
  }

  it('finds what was acknowledged and is not so (I5)', async () => {
    const { sold, returned, third } = event;
    const so: Acknowledged[] = [
      { kind: 'booking', id: sold },
      { kind: 'booking', id: returned, status: 'CANCELLED' },
      { kind: 'entry', id: third },
    ];
    expect(await check(so)).to.deep.equal([]);
    const notSo: Acknowledged[] = [
      { kind: 'booking', id: 'nobody' },
      { kind: 'booking', id: sold, status: 'CANCELLED' },
      { kind: 'entry', id: third, status: 'LEFT' },
      { kind: 'payment', bookingId: sold, attemptId: 'never' },
    ];
    expect((await check(notSo)).map(({ invariant, ids }) => [invariant, ...ids])).to.deep.equal([
      ['I5', 'nobody'],
      ['I5', sold],
      ['I5', third],
      ['I5', sold],
    ]);
  });

  it('demands of what still moves only what takes no time', async () => {
    await booking(event.lapsed, { status: 'AWAITING_PAYMENT' });
    const quietSince = minute(15);
    expect((await audit(databases, { eventIds: [event.eventId], quietSince })).violations).to.deep.equal([]);
    await invoice(event.sold, { attempts: paidTwice });
    const found = (await audit(databases, { eventIds: [event.eventId], quietSince })).violations;
    expect(found.map(({ invariant }) => invariant)).to.deep.equal(['I6']);
  });
});
