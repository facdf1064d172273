import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import {
  credentialsX,
  credentialsY,
  type OrganizerSystemUnderTest,
  startOrganizerSystem,
} from '../../test/organizer-system.ts';
import { type Organizer, OrganizerRejectedCall, OrganizerUnavailable } from './organizer.ts';
import { organizerTimeoutMs } from './organizer-client.ts';
import { XAdapter } from './x-adapter.ts';
import { YAdapter } from './y-adapter.ts';

const systems = {
  X: {
    credentials: credentialsX,
    adapter: (url: string) => new XAdapter({ url, apiKey: credentialsX.apiKey }),
    wrongly: (url: string) => new XAdapter({ url, apiKey: 'not-the-key-of-kursi' }),
    secret: credentialsX.apiKey,
  },
  Y: {
    credentials: credentialsY,
    adapter: (url: string) => new YAdapter({ url, ...credentialsY }),
    wrongly: (url: string) => new YAdapter({ url, ...credentialsY, secret: 'not-the-secret-of-kursi' }),
    secret: credentialsY.secret,
  },
} as const;

/** A fifth of all calls fails; this many in a row never do. */
const triesMax = 20;

const only = ({ reference, seatIds }: { reference: string; seatIds: string[] }) => ({ reference, seatIds });

async function retried<T>(attempt: () => Promise<T>): Promise<{ value: T; failures: Error[] }> {
  const failures: Error[] = [];
  for (let tries = 0; tries < triesMax; tries += 1) {
    try {
      return { value: await attempt(), failures };
    } catch (error) {
      failures.push(error as Error);
    }
  }
  throw failures.at(-1);
}

async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  const [result] = await Promise.allSettled([promise]);
  if (result.status === 'rejected') return result.reason as Error;
  throw new Error('It should have been rejected.');
}

for (const [name, { credentials, adapter, wrongly, secret }] of Object.entries(systems)) {
  describe(`the adapter of organizer ${name}`, () => {
    let system: OrganizerSystemUnderTest;
    let organizer: Organizer;
    let references = 0;
    const newRequest = (seatIds = ['A-1', 'A-2']) => {
      references += 1;
      return { reference: `booking-${references}`, eventRef: `EVENT-${references}`, seatIds };
    };

    before(async () => {
      system = await startOrganizerSystem(credentials);
      organizer = adapter(system.url);
    });
    after(async () => {
      organizer.close();
      await system.close();
    });

    it('holds, and holds the same when asked again', async () => {
      const request = newRequest();
      const first = await organizer.hold(request);
      expect(first).to.have.property('outcome', 'held');
      expect(await organizer.hold(request)).to.deep.equal(first);
      expect(await organizer.listHolds(request.eventRef)).to.deep.equal([
        { reference: request.reference, seatIds: request.seatIds, state: 'held' },
      ]);
    });

    it('makes one hold of 20 equal calls at once', async () => {
      const request = newRequest();
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => retried(() => organizer.hold(request))));
      expect(new Set(outcomes.map(({ value }) => JSON.stringify(value))).size).to.equal(1);
      expect(await organizer.listHolds(request.eventRef)).to.have.length(1);
    });

    it('releases, more than once if need be, and frees the seats for others', async () => {
      const request = newRequest();
      await organizer.hold(request);
      await organizer.release(request);
      await organizer.release(request);
      expect(await organizer.listHolds(request.eventRef)).to.deep.include({ ...only(request), state: 'released' });
      expect(await organizer.hold({ ...request, reference: `${request.reference}-next` })).to.include({
        outcome: 'held',
      });
    });

    it('tells a hold that was released before, also where the release came first (K-2)', async () => {
      const request = newRequest();
      await organizer.release(request);
      expect(await organizer.hold(request)).to.deep.equal({ outcome: 'released' });
      expect(await organizer.listHolds(request.eventRef)).to.deep.equal([]);
      const held = newRequest();
      await organizer.hold(held);
      await organizer.release(held);
      expect(await organizer.hold(held)).to.deep.equal({ outcome: 'released' });
    });

    it('tells which seats are refused: held by others, or sold elsewhere', async () => {
      const request = newRequest(['A-1', 'A-2', 'A-3', 'A-4']);
      await organizer.hold({ ...request, reference: `${request.reference}-other`, seatIds: ['A-3'] });
      await system.sellElsewhere(request.eventRef, ['A-2']);
      const outcome = await organizer.hold(request);
      expect(outcome).to.deep.include({ outcome: 'refused', seatIds: ['A-2', 'A-3'] });
      expect(await organizer.hold(request)).to.deep.equal(outcome);
      await organizer.release(request);
    });

    it('rejects a reference that is taken for other seats, as a fault on our side', async () => {
      const request = newRequest();
      await organizer.hold(request);
      expect(await rejectionOf(organizer.hold({ ...request, seatIds: ['B-1'] }))).to.be.instanceOf(
        OrganizerRejectedCall,
      );
    });

    it('rejects what was not accepted as a call: wrong credentials, bad input', async () => {
      const stranger = wrongly(system.url);
      for (const call of [stranger.hold(newRequest()), stranger.release(newRequest()), stranger.listHolds('E')]) {
        const error = await rejectionOf(call);
        expect(error).to.be.instanceOf(OrganizerRejectedCall);
        expect(error.message).to.match(/answered 401/);
      }
      stranger.close();
      expect((await rejectionOf(organizer.hold(newRequest(['$ne'])))).message).to.match(/answered 400/);
    });

    it('lists every page of an event', async () => {
      const { eventRef } = newRequest();
      const seatIds = Array.from({ length: 230 }, (_, i) => `S-${i}`);
      await Promise.all(
        seatIds.map((seat) => system.ledger.hold({ reference: `${eventRef}-${seat}`, event: eventRef, seats: [seat] })),
      );
      const listed = await organizer.listHolds(eventRef);
      expect(listed.flatMap((hold) => hold.seatIds).sort()).to.deep.equal([...seatIds].sort());
    });

    for (const fault of ['503', 'cut', 'timeout', 'rubbish'] as const) {
      it(`survives "${fault}" on holds and on releases by trying again`, async () => {
        const request = newRequest();
        // Each silence takes a full time-out.
        const times = fault === 'timeout' ? 1 : 2;
        await system.order({ event: request.eventRef, call: 'hold', fault, times });
        await system.order({ reference: request.reference, call: 'release', fault, times: 1 });
        const held = await retried(() => organizer.hold(request));
        expect(held.value).to.have.property('outcome', 'held');
        expect(held.failures).to.have.length(times);
        expect(await organizer.listHolds(request.eventRef)).to.deep.equal([{ ...only(request), state: 'held' }]);
        const released = await retried(() => organizer.release(request));
        expect(released.failures).to.have.length(1);
        expect(await organizer.listHolds(request.eventRef)).to.deep.equal([{ ...only(request), state: 'released' }]);
        for (const failure of [...held.failures, ...released.failures]) {
          expect(failure).to.be.instanceOf(OrganizerUnavailable);
          expect(failure.message).to.include(`Organizer ${name}`).and.include(request.reference);
          // Nothing of the request may end up in a workflow's history.
          expect(`${failure.stack}${JSON.stringify(failure)}`).not.to.include(secret);
          expect(failure).not.to.have.any.keys('config', 'cause', 'request', 'response');
        }
      });
    }

    for (const fault of ['timeout', 'rubbish'] as const) {
      it(`loses nothing when "${fault}" hides that the seats were held: a release alone frees them`, async () => {
        const request = newRequest();
        await system.order({ event: request.eventRef, fault });
        await rejectionOf(organizer.hold(request));
        expect(await organizer.listHolds(request.eventRef)).to.deep.equal([{ ...only(request), state: 'held' }]);
        await organizer.release(request);
        expect(await organizer.listHolds(request.eventRef)).to.deep.equal([{ ...only(request), state: 'released' }]);
      });
    }

    it('takes an ordered refusal for a definite "no" of all seats', async () => {
      const request = newRequest();
      await system.order({ event: request.eventRef, fault: 'refuse' });
      const refused = await organizer.hold(request);
      expect(refused).to.deep.include({ outcome: 'refused', seatIds: request.seatIds });
      expect(await organizer.hold(request)).to.deep.equal(refused);
      expect(await organizer.hold({ ...request, reference: `${request.reference}-next` })).to.include({
        outcome: 'held',
      });
    });

    it('stops waiting when the caller does, with the reason of the caller', async () => {
      const request = newRequest();
      await system.order({ event: request.eventRef, fault: 'timeout' });
      const caller = new AbortController();
      const reason = new Error('the activity was cancelled');
      const startedAt = performance.now();
      const pending = rejectionOf(organizer.hold(request, caller.signal));
      // The fault is used up as soon as the call has arrived.
      while ((await system.orders()).length > 0);
      caller.abort(reason);
      expect(await pending).to.equal(reason);
      expect(performance.now() - startedAt).to.be.below(organizerTimeoutMs);
      expect(await rejectionOf(organizer.hold(request, caller.signal))).to.equal(reason);
    });

    it('says that nobody is there', async () => {
      const nowhere = adapter('http://127.0.0.1:9');
      const error = await rejectionOf(nowhere.release({ reference: 'r' }));
      expect(error).to.be.instanceOf(OrganizerUnavailable);
      expect(error.message).to.match(/ECONNREFUSED/);
      nowhere.close();
    });
  });

  describe(`organizer ${name} failing by chance`, function () {
    this.timeout(60_000);

    it('ends with each of 60 bookings held or released as wanted', async () => {
      const system = await startOrganizerSystem(credentials, { failureRate: 0.2, seed: `chance-${name}` });
      const organizer = adapter(system.url);
      const bookings = Array.from({ length: 60 }, (_, i) => ({
        reference: `booking-${i}`,
        eventRef: 'EVENT',
        seatIds: [`A-${2 * i}`, `A-${2 * i + 1}`],
      }));
      const failures = await Promise.all(
        bookings.map(async (booking, i) => {
          const held = await retried(() => organizer.hold(booking));
          expect(held.value).to.have.property('outcome', 'held');
          if (i % 2 === 0) return held.failures;
          return [...held.failures, ...(await retried(() => organizer.release(booking))).failures];
        }),
      );
      expect(failures.flat().length, 'faults that were survived').to.be.at.least(1);
      expect(failures.flat().every((failure) => failure instanceof OrganizerUnavailable)).to.equal(true);
      const listed = await organizer.listHolds('EVENT');
      const state = new Map(listed.map((hold) => [hold.reference, hold.state]));
      bookings.forEach(({ reference }, i) => {
        expect(state.get(reference), reference).to.equal(i % 2 === 0 ? 'held' : 'released');
      });
      organizer.close();
      await system.close();
    });
  });
}
