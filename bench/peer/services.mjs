// A ticket shop on Restate, the least that sells a seat durably. The flow is that of part 4 of "tour of Restate" in
// restatedev/examples (typescript, commit 96511b58; taken out there by 00ec8104), in own words: TicketObject, CartObject and
// CheckoutService with the same handlers; BookingService is added, which reserves, pays and sells in one call.
// Payment and mail are steps of no length. Listens on PORT of this machine.
import http2 from 'node:http2';
import * as restate from '@restatedev/restate-sdk';

const HOLD_MINUTES = 15;
const PRICE = 40;

function withResolvers() {
  let resolve;
  let reject;
  const promise = new Promise((onDone, onFailed) => {
    resolve = onDone;
    reject = onFailed;
  });
  return { promise, resolve, reject };
}
// The SDK asks for it, and Node has it from version 22 on.
Promise.withResolvers ??= withResolvers;

const pay = async () => true;
const sendMail = async () => true;

const ticket = restate.object({
  name: 'TicketObject',
  handlers: {
    async reserve(ctx) {
      if ((await ctx.get('status')) !== null) return false;
      ctx.set('status', 'reserved');
      return true;
    },
    async unreserve(ctx) {
      if ((await ctx.get('status')) !== 'sold') ctx.clear('status');
    },
    async markAsSold(ctx) {
      if ((await ctx.get('status')) !== 'reserved') return false;
      ctx.set('status', 'sold');
      return true;
    },
  },
});

const checkout = restate.service({
  name: 'CheckoutService',
  handlers: {
    async handle(ctx, { userId, tickets }) {
      const key = ctx.rand.uuidv4();
      const paid = await ctx.run('pay', () => pay(key, tickets.length * PRICE));
      await ctx.run('mail', () => sendMail(userId, paid));
      return paid;
    },
  },
});

const cart = restate.object({
  name: 'CartObject',
  handlers: {
    async addTicket(ctx, ticketId) {
      if (!(await ctx.objectClient(ticket, ticketId).reserve())) return false;
      ctx.set('tickets', [...((await ctx.get('tickets')) ?? []), ticketId]);
      const later = restate.rpc.sendOpts({ delay: { minutes: HOLD_MINUTES } });
      ctx.objectSendClient({ name: 'CartObject' }, ctx.key).expireTicket(ticketId, later);
      return true;
    },
    async checkout(ctx) {
      const tickets = (await ctx.get('tickets')) ?? [];
      if (tickets.length === 0) return false;
      if (!(await ctx.serviceClient(checkout).handle({ userId: ctx.key, tickets }))) return false;
      for (const id of tickets) ctx.objectSendClient(ticket, id).markAsSold();
      ctx.clear('tickets');
      return true;
    },
    async expireTicket(ctx, ticketId) {
      const tickets = (await ctx.get('tickets')) ?? [];
      if (!tickets.includes(ticketId)) return;
      const others = tickets.filter((id) => id !== ticketId);
      ctx.set('tickets', others);
      ctx.objectSendClient(ticket, ticketId).unreserve();
    },
  },
});

const booking = restate.service({
  name: 'BookingService',
  handlers: {
    async book(ctx, { seat }) {
      if (!(await ctx.objectClient(ticket, seat).reserve())) return false;
      const key = ctx.rand.uuidv4();
      if (await ctx.run('pay', () => pay(key, PRICE))) return await ctx.objectClient(ticket, seat).markAsSold();
      await ctx.objectClient(ticket, seat).unreserve();
      return false;
    },
  },
});

const handler = restate.createEndpointHandler({ services: [ticket, checkout, cart, booking] });
// The SDK's own server would listen on every interface.
http2.createServer(handler).listen(Number(process.env.PORT), '127.0.0.1');
