import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { createLogger } from '../../../lib/logging/logger.ts';
import { connectDatabase, type Database } from '../../../lib/mongo/connection.ts';
import { organizerDatabase } from '../../../test/organizer-system.ts';
import { type HoldModels, holdModels } from './hold-record.ts';
import { HoldLedger } from './holds.ts';

describe('the record of holds', function () {
  this.timeout(60_000);
  let database: Database;
  let ledger: HoldLedger;
  let models: HoldModels;
  let events = 0;
  const newEvent = () => {
    events += 1;
    return `event-${events}`;
  };
  const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));
  const claimsOf = async (event: string) =>
    (await models.claims.find({ event }).sort({ seat: 1 }).lean()).map(({ seat, reference }) => [seat, reference]);

  before(async () => {
    database = connectDatabase(await organizerDatabase('holds'), createLogger('test', 'silent'));
    await database.ready;
    ledger = new HoldLedger(database.connection);
    models = holdModels(database.connection);
  });
  after(async () => {
    await database.connection.dropDatabase();
    await database.close();
  });

  it('holds once what is asked for twice, whatever the order of the seats', async () => {
    const event = newEvent();
    const first = await ledger.hold({ reference: `${event}-r`, event, seats: ['b', 'a'] });
    const again = await ledger.hold({ reference: `${event}-r`, event, seats: ['a', 'b'] });
    expect(first).to.include({ outcome: 'held', made: true });
    expect(again).to.include({ outcome: 'held', made: false });
    expect(await claimsOf(event)).to.deep.equal([
      ['a', `${event}-r`],
      ['b', `${event}-r`],
    ]);
  });

  it('does not take a reference for other seats or another event', async () => {
    const event = newEvent();
    await ledger.hold({ reference: `${event}-r`, event, seats: ['a'] });
    expect(await ledger.hold({ reference: `${event}-r`, event, seats: ['a', 'b'] })).to.deep.equal({
      outcome: 'reused',
    });
    expect(await ledger.hold({ reference: `${event}-r`, event: newEvent(), seats: ['a'] })).to.deep.equal({
      outcome: 'reused',
    });
    expect((await claimsOf(event)).length).to.equal(1);
  });

  it('refuses all seats where one is taken, names every one that is, and says the same when asked again', async () => {
    const event = newEvent();
    await ledger.hold({ reference: `${event}-1`, event, seats: ['b'] });
    await ledger.markSoldElsewhere(event, ['d']);
    const ask = () => ledger.hold({ reference: `${event}-2`, event, seats: ['a', 'b', 'c', 'd'] });
    const refusal = await ask();
    expect(refusal).to.deep.include({ outcome: 'refused', seats: ['b', 'd'] });
    await ledger.release(`${event}-1`);
    expect(await ask()).to.deep.include({ outcome: 'refused', seats: ['b', 'd'] });
    expect(await claimsOf(event)).to.deep.equal([['d', null]]);
  });

  it('frees the seats of a release, and lets nothing be held under its reference again', async () => {
    const event = newEvent();
    const hold = { reference: `${event}-r`, event, seats: ['a', 'b'] };
    await ledger.hold(hold);
    expect(await ledger.release(hold.reference)).to.include({ state: 'released', settled: true });
    expect(await ledger.release(hold.reference)).to.include({ state: 'released', settled: true });
    expect(await ledger.hold(hold)).to.include({ outcome: 'released' });
    expect(await claimsOf(event)).to.deep.equal([]);
    expect(await ledger.hold({ ...hold, reference: `${event}-next` })).to.include({ outcome: 'held' });
  });

  it('answers a hold that comes after its release with "released" (K-2)', async () => {
    const event = newEvent();
    await ledger.release(`${event}-r`);
    expect(await ledger.hold({ reference: `${event}-r`, event, seats: ['a'] })).to.include({ outcome: 'released' });
    expect(await claimsOf(event)).to.deep.equal([]);
  });

  it('does not sell elsewhere what is held', async () => {
    const event = newEvent();
    await ledger.hold({ reference: `${event}-r`, event, seats: ['a'] });
    const marked = await ledger.markSoldElsewhere(event, ['b', 'a']);
    expect(marked).to.deep.equal({ sold: ['b'], held: ['a'] });
    expect(await ledger.markSoldElsewhere(event, ['b'])).to.deep.equal({ sold: ['b'], held: [] });
  });

  it('makes one hold of 20 equal calls at once', async () => {
    const event = newEvent();
    const seats = ['a', 'b', 'c'];
    const answers = await Promise.all(times(20, () => ledger.hold({ reference: `${event}-r`, event, seats })));
    expect(answers.every(({ outcome }) => outcome === 'held')).to.equal(true);
    expect(answers.filter((answer) => 'made' in answer && answer.made).length).to.equal(1);
    expect((await claimsOf(event)).length).to.equal(3);
  });

  it('gives each seat to one of 120 rivals for overlapping sets, and leaves nobody with half a set', async () => {
    const event = newEvent();
    const seat = (i: number) => `s${String(i % 20).padStart(2, '0')}`;
    const requests = times(120, (i) => ({
      reference: `${event}-${i}`,
      event,
      seats: [seat(i * 7), seat(i * 7 + 1 + (i % 3)), seat(i * 11 + 4)],
    }));
    const answers = await Promise.all(requests.map((request) => ledger.hold(request)));
    const held = answers.flatMap((answer) => (answer.outcome === 'held' ? [answer.hold] : []));
    const expected = held.flatMap((hold) => hold.seats.map((name) => [name, hold._id]));
    expect(held.length).to.be.at.least(1);
    expect(await claimsOf(event)).to.deep.equal(expected.sort());
    const taken = held.flatMap((hold) => hold.seats);
    for (const answer of answers) {
      if (answer.outcome === 'held') continue;
      // A "no" is never the shadow of a rival that was itself refused in the end.
      expect(answer.outcome).to.equal('refused');
      expect(taken).to.include.members('seats' in answer ? answer.seats : []);
    }
  });

  it('leaves no seat behind where holds and releases of a reference race', async () => {
    const event = newEvent();
    const rounds = times(40, async (i) => {
      const hold = { reference: `${event}-${i}`, event, seats: [`a${i}`, `b${i}`] };
      const [, , released] = await Promise.all([
        ledger.hold(hold),
        ledger.hold(hold),
        ledger.release(hold.reference),
        ledger.hold(hold),
      ]);
      return released.state;
    });
    expect(new Set(await Promise.all(rounds))).to.deep.equal(new Set(['released']));
    expect(await claimsOf(event)).to.deep.equal([]);
  });

  describe('a call that stops for a while and wakes up after its reference was released (K-2)', () => {
    /** Stops the next claiming of seats, before or after its write, for as long as `meanwhile` takes. */
    function stopClaiming(when: 'before' | 'after', meanwhile: () => Promise<unknown>) {
      const { bulkWrite } = models.claims;
      const stopping = async (...args: unknown[]) => {
        Object.assign(models.claims, { bulkWrite });
        if (when === 'before') await meanwhile();
        const result = await Reflect.apply(bulkWrite, models.claims, args);
        if (when === 'after') await meanwhile();
        return result;
      };
      Object.assign(models.claims, { bulkWrite: stopping });
    }

    for (const when of ['before', 'after'] as const) {
      it(`holds nothing, where it stopped ${when} it claimed its seats`, async () => {
        const event = newEvent();
        const reference = `${event}-r`;
        stopClaiming(when, () => ledger.release(reference));
        expect(await ledger.hold({ reference, event, seats: ['a', 'b'] })).to.include({ outcome: 'released' });
        expect(await ledger.find(reference)).to.include({ state: 'released', settled: true });
        expect(await claimsOf(event)).to.deep.equal([]);
      });
    }
  });

  describe('what a process leaves behind that is killed midway', () => {
    const old = new Date(Date.now() - 60_000);
    /** The documents as they are after the first `claimed` of the seats were claimed. */
    async function halfMade(event: string, seats: string[], claimed: number) {
      const reference = `${event}-dead`;
      const base = { event, seats, settled: false, createdAt: old, changedAt: old };
      await models.holds.create({ _id: reference, holdId: reference, state: 'claiming', ...base });
      await models.claims.create(seats.slice(0, claimed).map((seat) => ({ event, seat, reference, claimedAt: old })));
      return reference;
    }

    for (const claimed of [0, 1, 2]) {
      it(`is finished by the next call with its reference (${claimed} of 2 seats claimed)`, async () => {
        const event = newEvent();
        const reference = await halfMade(event, ['a', 'b'], claimed);
        expect(await ledger.hold({ reference, event, seats: ['a', 'b'] })).to.include({ outcome: 'held', made: false });
        expect((await claimsOf(event)).length).to.equal(2);
      });

      it(`is finished by the sweep (${claimed} of 2 seats claimed)`, async () => {
        const event = newEvent();
        const reference = await halfMade(event, ['a', 'b'], claimed);
        expect(await ledger.sweep(new Date(old.getTime() + 1))).to.equal(1);
        expect(await ledger.find(reference)).to.include({ state: 'held', settled: true });
        expect((await claimsOf(event)).length).to.equal(2);
      });
    }

    it('is finished by a rival for one of its seats, which is then refused', async () => {
      const event = newEvent();
      const reference = await halfMade(event, ['a', 'b'], 1);
      const rival = await ledger.hold({ reference: `${event}-rival`, event, seats: ['a'] });
      expect(rival).to.deep.include({ outcome: 'refused', seats: ['a'] });
      expect(await ledger.find(reference)).to.include({ state: 'held' });
    });

    it('is undone by its release', async () => {
      const event = newEvent();
      const reference = await halfMade(event, ['a', 'b'], 1);
      await ledger.release(reference);
      expect(await claimsOf(event)).to.deep.equal([]);
    });

    it('does not keep seats that an ended hold claimed too late', async () => {
      const event = newEvent();
      await ledger.release(`${event}-ended`);
      await models.claims.create({ event, seat: 'a', reference: `${event}-ended`, claimedAt: old });
      expect(await ledger.hold({ reference: `${event}-r`, event, seats: ['a'] })).to.include({ outcome: 'held' });
    });

    it('is given back by the sweep where a release had only been written down', async () => {
      const event = newEvent();
      const reference = await halfMade(event, ['a', 'b'], 2);
      await models.holds.updateOne({ _id: reference }, { $set: { state: 'released' } });
      await ledger.sweep(new Date(old.getTime() + 1));
      expect(await claimsOf(event)).to.deep.equal([]);
      expect(await ledger.find(reference)).to.include({ settled: true });
    });
  });
});
