import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import mongoose from 'mongoose';
import { testMongoUri } from '../../test/engines.ts';
import { minute } from '../../test/factories/settled-clock.ts';
import { type SettledEvent, settledEvent, settledWorkflows } from '../../test/factories/settled-event.ts';
import { lost } from '../../test/factories/violations/news.ts';
import { type Planting, plantingIn } from '../../test/factories/violations/planting.ts';
import { violations } from '../../test/factories/violations/violations.ts';
import { DATABASES, type DatabaseName } from '../system/databases.ts';
import { type AuditScope, audit } from './audit.ts';
import type { Acknowledged, Violation } from './invariant.ts';
import { kindOf, kinds } from './kinds/kinds.ts';
import type { Databases } from './records.ts';
import { lastChange } from './settled-audit.ts';

describe('the audit', () => {
  let databases: Databases;
  let event: SettledEvent;
  let to: Planting;

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
    to = plantingIn(databases, event);
  });

  const check = async (scope: AuditScope = {}): Promise<Violation[]> =>
    (await audit(databases, { eventIds: [event.eventId], ...scope })).violations;

  it('finds nothing in an event at rest, alone or among all, with or without Temporal', async () => {
    expect(await check()).to.deep.equal([]);
    expect(await check({ workflows: settledWorkflows(event), hasSweep: true })).to.deep.equal([]);
    const { checked, violations: found } = await audit(databases);
    expect(found).to.deep.equal([]);
    expect(checked).to.deep.include({ workflows: 0, clientEntries: checked.entries });
    expect(checked.events).to.be.at.least(1);
    expect(checked.bookings).to.equal(3 * checked.events);
    expect(checked.files).to.equal(3 * checked.events);
  });

  for (const [kind, what, plant, scope] of violations) {
    it(`finds ${what} (${kindOf(kind).invariant}, ${kind})`, async () => {
      await plant(to);
      const found = await check(scope?.(to));
      const ofKind = found.filter((one) => one.kind === kind);
      expect(ofKind, JSON.stringify(found)).to.have.length.greaterThan(0);
      for (const { help, cause, ids } of ofKind) {
        expect(`${cause} ${help}`, 'ids are filled in').not.to.match(/[{}]|undefined/);
        if (kind !== 'sweep_missing') expect(ids).to.have.length.greaterThan(0);
      }
    });
  }

  for (const [kind, what, plant] of lost) {
    it(`finds ${what}, where everything is looked at (${kindOf(kind).invariant}, ${kind})`, async () => {
      await plant(to);
      const { violations: found } = await audit(databases);
      const about = found.filter(({ ids }) => ids.some((id) => id.endsWith(event.eventId)));
      expect(about.map((one) => one.kind)).to.include(kind);
      for (const database of Object.values(databases)) await database.dropDatabase();
    });
  }

  it('has every kind of disagreement planted, but what only a caller can tell', () => {
    const planted = new Set([...violations, ...lost].map(([kind]) => kind));
    const missing = Object.keys(kinds).filter((kind) => !planted.has(kind as keyof typeof kinds));
    expect(missing.toSorted()).to.deep.equal(['told_and_different', 'told_and_lost']);
  });

  it('finds what was acknowledged and is not so (I5)', async () => {
    const { sold, returned, third } = event;
    const so: Acknowledged[] = [
      { kind: 'booking', id: sold },
      { kind: 'booking', id: returned, status: 'CANCELLED' },
      { kind: 'entry', id: third },
    ];
    expect(await check({ acknowledged: so })).to.deep.equal([]);
    const notSo: Acknowledged[] = [
      { kind: 'booking', id: 'nobody' },
      { kind: 'booking', id: sold, status: 'CANCELLED' },
      { kind: 'entry', id: third, status: 'LEFT' },
      { kind: 'payment', bookingId: sold, attemptId: 'never' },
    ];
    const found = await check({ acknowledged: notSo });
    expect(found.map(({ kind, ids }) => [kind, ...ids])).to.deep.equal([
      ['told_and_lost', 'nobody'],
      ['told_and_different', sold],
      ['told_and_different', third],
      ['told_and_lost', sold],
    ]);
  });

  it('demands of what still moves only what takes no time', async () => {
    await to.booking(event.lapsed, { status: 'AWAITING_PAYMENT' });
    const quietSince = minute(15);
    expect(await check({ quietSince })).to.deep.equal([]);
    await to.invoice(event.sold, {
      attempts: ['a', 'b'].map((attemptId) => ({ attemptId, outcome: 'paid', settledAt: minute(20) })),
    });
    expect((await check({ quietSince })).map(({ kind }) => kind)).to.deep.equal(['charged_twice']);
  });

  it('takes the last change of any document for the moment at which a system was stopped', async () => {
    const { collection, copy, hold } = to;
    const later = (year: number) => new Date(Date.UTC(year, 0));
    await hold(event.sold, { changedAt: later(2040) });
    expect(await lastChange(databases)).to.deep.equal(later(2040));
    await copy(event.sold, { updatedAt: later(2041) });
    expect(await lastChange(databases)).to.deep.equal(later(2041));
    const told = { bookingId: event.sold };
    await collection('ticket-app', 'webhook_deliveries').updateOne(told, { $set: { deliveredAt: later(2042) } });
    expect(await lastChange(databases)).to.deep.equal(later(2042));
  });
});
