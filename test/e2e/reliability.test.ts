// docs/reliability.md, row by row: what goes on while one process is stopped, and that nobody waits for what is not there.
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { checkIn, codeOf, confirmed } from './cancellation-stage.ts';
import { closeDatabases } from './databases.ts';
import { join } from './queue-stage.ts';
import {
  type Answer,
  anEvent,
  atTicketApp,
  book,
  booked,
  bookingOf,
  call,
  type Person,
  pay,
  person,
  theAdmin,
  untilStatus,
} from './stage.ts';

/** Far more than it takes (two seconds), far less than the patience of a call that waits for whom it should not. */
const atOnceMs = 6_000;
const recoveryMs = 60_000;

/** While a process is stopped for good (SIGKILL), or stands still and keeps its connections (SIGSTOP). */
async function without(name: string, how: 'SIGKILL' | 'SIGSTOP', doThis: () => Promise<void>): Promise<void> {
  await system().kill(name, how);
  try {
    await doThis();
  } finally {
    if (how === 'SIGSTOP') await system().kill(name, 'SIGCONT');
    else await system().restart(name);
  }
}

const clientApp = (path: string, buyer?: Person) =>
  call<{ code?: string }>(`${system().urls.clientApp}${path}`, { token: buyer?.token });

/** Fails unless the answer is the 503 of that code, and comes at once. */
async function expectAway(ask: () => Promise<Answer<{ code?: string }>>, codes: string[]): Promise<void> {
  const startedAt = performance.now();
  const { status, body } = await ask();
  expect(performance.now() - startedAt).to.be.lessThan(atOnceMs);
  expect([status, codes.includes(body.code ?? '')], `${status} ${body.code}`).to.deep.equal([503, true]);
}

/** What a person can do with client-app and its own database alone. */
async function expectAccountsGoOn(buyer: Person, bookingId: string): Promise<void> {
  expect((await clientApp('/users/me', buyer)).status).to.equal(200);
  expect((await clientApp('/bookings', buyer)).status).to.equal(200);
  expect((await bookingOf(buyer, bookingId)).status).to.equal(200);
}

const expectCatalogueGoesOn = async (eventId: string) => {
  for (const path of ['/events', `/events/${eventId}`, `/events/${eventId}/seats`]) {
    expect((await clientApp(path)).status, path).to.equal(200);
  }
};

const expectSeatIsRefused = async (eventId: string, seatId: string) => {
  const { status, body } = await book(await person(), eventId, [seatId]);
  expect([status, body.code]).to.deep.equal([409, 'seat_taken']);
};

describe('while one process is stopped', function () {
  this.timeout(180_000);
  after(closeDatabases);

  it('client-app: gates let people in, payments are taken and confirmed, organizers change their events', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const ticket = await confirmed(buyer, eventId, ['A-1-1']);
    const open = await booked(buyer, eventId, ['A-1-2']);
    const { token } = await theAdmin();
    await without('client-app', 'SIGKILL', async () => {
      expect((await checkIn(await codeOf(ticket))).status).to.equal(200);
      await pay(open.paymentUrl, 'test_success');
      await waitUntil('the ticket', async () => (await atTicketApp(open.bookingId)).body.status === 'CONFIRMED');
      const changed = await call(`${system().urls.ticketApp}/events/${eventId}`, {
        method: 'PATCH',
        token,
        body: { description: 'Changed meanwhile.' },
      });
      expect(changed.status).to.equal(200);
    });
    await untilStatus(buyer, open.bookingId, 'CONFIRMED', recoveryMs);
  });

  for (const how of ['SIGKILL', 'SIGSTOP'] as const) {
    it(`ticket-app (${how}): accounts, histories, tickets and payments go on; the rest is 503 at once`, async () => {
      const buyer = await person();
      const eventId = await anEvent();
      const ticket = await confirmed(buyer, eventId, ['A-1-1']);
      const open = await booked(buyer, eventId, ['A-1-2']);
      await without('ticket-app', how, async () => {
        for (const _ of [1, 2, 3]) await expectAway(() => clientApp('/events'), ['ticketing_unavailable']);
        await expectAccountsGoOn(buyer, ticket.bookingId);
        const file = await fetch(`${system().urls.clientApp}/bookings/${ticket.bookingId}/ticket.pdf`, {
          headers: { authorization: `Bearer ${buyer.token}` },
        });
        expect([file.status, file.headers.get('content-type')]).to.deep.equal([200, 'application/pdf']);
        expect((await pay(open.paymentUrl, 'test_success')).status).to.equal(202);
        await expectAway(() => book(buyer, eventId, ['A-1-3']), ['ticketing_unavailable']);
        await expectAway(() => join(buyer, eventId, 'A-1-1'), ['ticketing_unavailable']);
      });
      await untilStatus(buyer, open.bookingId, 'CONFIRMED', recoveryMs);
      await waitUntil('the seat that was refused to be sold', async () => {
        return (await book(buyer, eventId, ['A-1-3'])).status === 201;
      });
    });
  }

  it('payment-app: events are shown, taken seats are refused, queues take people in; a booking waits for its invoice', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    await booked(buyer, eventId, ['A-1-1']);
    let waiting: string | undefined;
    await without('payment-app', 'SIGKILL', async () => {
      await expectCatalogueGoesOn(eventId);
      await expectSeatIsRefused(eventId, 'A-1-1');
      expect((await join(await person(), eventId, 'A-1-1')).status).to.be.oneOf([201, 202]);
      const { status, body } = await book(await person(), eventId, ['A-1-2']);
      expect(status).to.be.oneOf([202, 503]);
      waiting = body.bookingId;
    });
    if (waiting !== undefined) {
      const id = waiting;
      await waitUntil('the booking to go on', async () => {
        return ['AWAITING_PAYMENT', 'FAILED'].includes((await atTicketApp(id)).body.status);
      });
    }
  });

  it('the worker: events are shown, taken seats are refused, payments are taken; bookings go on when one is back', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const open = await booked(buyer, eventId, ['A-1-1']);
    await without('ticketing-worker', 'SIGKILL', async () => {
      await expectCatalogueGoesOn(eventId);
      await expectAccountsGoOn(buyer, open.bookingId);
      await expectSeatIsRefused(eventId, 'A-1-1');
      expect((await pay(open.paymentUrl, 'test_success')).status).to.equal(202);
    });
    await untilStatus(buyer, open.bookingId, 'CONFIRMED', recoveryMs);
  });

  it('an organizer: events of the other one are sold', async () => {
    const buyer = await person();
    const eventId = await anEvent({ organizer: 'y' });
    await without('organizer-x', 'SIGKILL', async () => {
      const { bookingId, paymentUrl } = await booked(buyer, eventId, ['A-1-1']);
      await pay(paymentUrl, 'test_success');
      await untilStatus(buyer, bookingId, 'CONFIRMED', recoveryMs);
    });
  });

  for (const how of ['SIGKILL', 'SIGSTOP'] as const) {
    it(`Temporal (${how}): all that is no new booking goes on; new ones are 503 once that is known`, async () => {
      const buyer = await person();
      const eventId = await anEvent();
      const open = await booked(buyer, eventId, ['A-1-1']);
      await without('temporal', how, async () => {
        await expectCatalogueGoesOn(eventId);
        await expectAccountsGoOn(buyer, open.bookingId);
        await expectSeatIsRefused(eventId, 'A-1-1');
        expect((await pay(open.paymentUrl, 'test_success')).status).to.equal(202);
        await waitUntil('a booking to be turned away', async () => {
          const startedAt = performance.now();
          const { status, body } = await book(await person(), eventId, ['A-1-2']);
          expect(performance.now() - startedAt).to.be.lessThan(atOnceMs);
          expect(status).to.be.oneOf([202, 503]);
          return status === 503 && body.code === 'ticketing_unavailable';
        });
      });
      await untilStatus(buyer, open.bookingId, 'CONFIRMED', 120_000);
    });
  }

  describe('of the databases', () => {
    const engineOf = (name: string) => `mongodb-${name}`;
    const isHere = (name: string) => system().processes.includes(engineOf(name));

    it("client-app's: gates, payments and organizers go on; client-app says that its database is away", async function () {
      if (!isHere('client')) this.skip();
      const buyer = await person();
      const ticket = await confirmed(buyer, await anEvent(), ['A-1-1']);
      const code = await codeOf(ticket);
      await closeDatabases();
      await without(engineOf('client'), 'SIGKILL', async () => {
        await expectAway(() => clientApp('/users/me', buyer), ['database_unavailable']);
        expect((await clientApp('/events')).status).to.equal(200);
        expect((await checkIn(code)).status).to.equal(200);
      });
      await waitUntil('client-app to be back', async () => (await clientApp('/users/me', buyer)).status === 200);
    });

    it("ticket-app's: accounts and payments go on; events are 503", async function () {
      if (!isHere('ticket')) this.skip();
      const buyer = await person();
      const open = await booked(buyer, await anEvent(), ['A-1-1']);
      await closeDatabases();
      await without(engineOf('ticket'), 'SIGKILL', async () => {
        await expectAway(() => clientApp('/events'), ['ticketing_unavailable']);
        await expectAccountsGoOn(buyer, open.bookingId);
        expect((await pay(open.paymentUrl, 'test_success')).status).to.equal(202);
      });
      await untilStatus(buyer, open.bookingId, 'CONFIRMED', 120_000);
    });

    it("payment-app's: events are shown and taken seats refused; paying is 503, and nothing is charged", async function () {
      if (!isHere('payment')) this.skip();
      const buyer = await person();
      const eventId = await anEvent();
      const open = await booked(buyer, eventId, ['A-1-1']);
      await closeDatabases();
      await without(engineOf('payment'), 'SIGKILL', async () => {
        await expectCatalogueGoesOn(eventId);
        await expectSeatIsRefused(eventId, 'A-1-1');
        await expectAway(() => pay(open.paymentUrl, 'test_success'), ['database_unavailable']);
      });
      await waitUntil('the payment', async () => (await pay(open.paymentUrl, 'test_success')).status === 202);
      await untilStatus(buyer, open.bookingId, 'CONFIRMED', recoveryMs);
    });
  });
});
