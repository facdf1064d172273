import type { AxiosResponse } from 'axios';
import { type Static, type TSchema, Type } from 'typebox';
import { InvoiceView } from '../../lib/contracts/invoice.ts';
import {
  BookingInHistory,
  BookingInTicketing,
  IdPage,
  NotificationDelivery,
  OpenWorkView,
  ReleaseHoldAnswer,
  Reprojected,
} from '../../lib/contracts/operations.ts';
import { Id, Instant, oneOf } from '../../lib/contracts/primitives.ts';
import { NeighbourUnavailable, neighbour } from '../../lib/http/neighbour.ts';
import { compile } from '../../lib/schema/ajv.ts';
import { exitCodes, Failure } from './failure.ts';
import type { Place, Settings } from './settings.ts';

/** A webhook of payment-app, as its list tells it. */
const PaymentDelivery = Type.Object({
  webhookId: Type.String(),
  status: oneOf(['pending', 'delivered', 'exhausted']),
  tries: Type.Integer(),
  createdAt: Instant,
  lastError: Type.Optional(Type.String()),
  body: Type.Object({ type: Type.String(), bookingId: Id }),
});
export type PaymentDelivery = Static<typeof PaymentDelivery>;

const page = <S extends TSchema>(row: S) =>
  Type.Object({ deliveries: Type.Array(row), nextCursor: Type.Optional(Type.String()) });
const NotificationPage = page(NotificationDelivery);
const PaymentPage = page(PaymentDelivery);
const InvoiceList = Type.Object({ invoices: Type.Array(InvoiceView) });
const NewestBookings = Type.Object({ bookings: Type.Array(Type.Object({ createdAt: Instant })) });

/** Replaying asks ticket-app to call client-app, which may fetch a PDF first. */
const timeoutMs = 15_000;

type Query = Record<string, string | number | undefined>;

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given as [string, string][])}`;
}

/** A service that is asked with its secret. Its answers are parsed; a refusal is a `Failure` in its own words. */
function serviceAt(name: string, { url, secret }: Place) {
  const call = neighbour({ name, baseUrl: url, secret, timeoutMs });

  async function send(method: 'GET' | 'POST', path: string, body?: unknown): Promise<AxiosResponse<unknown>> {
    try {
      return await call({ method, path, ...(body !== undefined && { body }) });
    } catch (error) {
      if (!(error instanceof NeighbourUnavailable)) throw error;
      throw new Failure(exitCodes.wrong, 'service_away', `${error.message}. Look at it with: kursi status`);
    }
  }

  /** Undefined: 404. */
  async function ask<S extends TSchema>(
    schema: S,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<Static<S> | undefined> {
    const answer = await send(method, path, body);
    const { code, detail } = (answer.data ?? {}) as { code?: string; detail?: string };
    if (answer.status === 404 && code !== 'route_not_found') return undefined;
    if (answer.status === 401 || answer.status === 403) {
      const variable = `${name.toUpperCase().replace('-', '_')}_SERVICE_SECRETS`;
      throw new Failure(exitCodes.usage, 'not_let_in', `${name} does not accept the secret in ${variable}.`);
    }
    if (answer.status >= 300) {
      throw new Failure(
        exitCodes.wrong,
        code ?? 'refused',
        `${name} refused ${method} ${path}: ${detail ?? answer.status}`,
      );
    }
    return compile(schema).parse(answer.data);
  }

  async function must<S extends TSchema>(...given: Parameters<typeof ask<S>>): Promise<Static<S>> {
    const answer = await ask(...given);
    if (answer === undefined)
      throw new Failure(exitCodes.unknown, 'not_found', `${name} knows nothing of ${given[2]}.`);
    return answer;
  }

  return { send, ask, must };
}

const at = (path: string, id: string) => `${path}/${encodeURIComponent(id)}`;

export type Services = ReturnType<typeof createServices>;

/** What the commands ask of the services. Undefined: there is no such thing. */
export function createServices(settings: Settings) {
  const client = serviceAt('client-app', settings.clientApp);
  const ticket = serviceAt('ticket-app', settings.ticketApp);
  const payment = serviceAt('payment-app', settings.paymentApp);
  return {
    client: {
      booking: (reference: string) => client.ask(BookingInHistory, 'GET', at('/operations/bookings', reference)),
      reproject: (of: 'bookings' | 'waitlist-entries', ids: readonly string[]) =>
        client.must(Reprojected, 'POST', `/operations/projections/${of}`, { ids }),
    },
    ticket: {
      booking: (bookingId: string) => ticket.ask(BookingInTicketing, 'GET', at('/operations/bookings', bookingId)),
      releaseHold: (bookingId: string, wish: { dryRun: boolean; note?: string }) =>
        ticket.ask(ReleaseHoldAnswer, 'POST', `${at('/operations/bookings', bookingId)}/release-hold`, wish),
      openWork: () => ticket.must(OpenWorkView, 'GET', '/operations/open-work'),
      ids: (of: 'bookings' | 'waitlist-entries' | 'events', query: Query) =>
        ticket.must(IdPage, 'GET', withQuery(`/operations/ids/${of}`, query)),
      async rebuildEvent(eventId: string): Promise<void> {
        await ticket.send('POST', `${at('/operations/events', eventId)}/rebuild`, {});
      },
      notifications: (query: Query) =>
        ticket.must(NotificationPage, 'GET', withQuery('/operations/webhook-deliveries', query)),
      replay: (webhookId: string) =>
        ticket.ask(Type.Unknown(), 'POST', `${at('/webhook-deliveries', webhookId)}/replay`, {}),
      /** The newest sold one, or none. */
      async newestSale(): Promise<string | undefined> {
        const found = await ticket.must(NewestBookings, 'GET', '/bookings?status=CONFIRMED&limit=1');
        return found.bookings[0]?.createdAt;
      },
    },
    payment: {
      async invoice(bookingId: string): Promise<InvoiceView | undefined> {
        const found = await payment.must(InvoiceList, 'GET', withQuery('/invoices', { bookingId }));
        return found.invoices[0];
      },
      deliveries: (query: Query) => payment.must(PaymentPage, 'GET', withQuery('/webhook-deliveries', query)),
      replay: (webhookId: string) =>
        payment.ask(Type.Unknown(), 'POST', `${at('/webhook-deliveries', webhookId)}/replay`, {}),
    },
  };
}
