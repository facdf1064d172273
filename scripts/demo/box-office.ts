import type { EventView, OrganizerCode } from '../../lib/contracts/event.ts';
import { newId } from '../../lib/ids.ts';
import * as answers from './answers.ts';
import { expectStatus, read, send } from './http.ts';
import { SignIn } from './sign-in.ts';

/** The admin of the seeds (services/client-app/seeds/seed.ts). */
const ADMIN = { email: 'admin@example.com', password: 'kursi-demo-2026' };

const DAY_MS = 24 * 3_600_000;

export interface Show {
  title: string;
  description: string;
  organizer: OrganizerCode;
  organizerName: string;
  /** Row names and their price in rupiah. */
  rows: Record<string, number>;
  seatsPerRow: number;
  holdSeconds?: number;
  /** How long somebody who is promoted from a queue has to pay. */
  offerSeconds?: number;
}

/** An admin of ticket-app, who puts on shows of their own for each run of the demo and takes them off again. */
export class BoxOffice {
  readonly #urls: { clientApp: string; ticketApp: string };
  readonly #admin: SignIn;
  readonly #opened: string[] = [];

  constructor(urls: { clientApp: string; ticketApp: string }) {
    this.#urls = urls;
    this.#admin = new SignIn(urls.clientApp, ADMIN);
  }

  /** Creates an event with its seats and publishes it. */
  async open(show: Show): Promise<EventView> {
    const { rows, seatsPerRow, ...texts } = show;
    const eventId = `demo-${newId().slice(-8)}`;
    const created = await this.#post('/events', { eventId, organizerEventRef: eventId, ...texts, ...placeAndTime() });
    read(created, 201, answers.event);
    this.#opened.push(eventId);
    const seats = Object.entries(rows).flatMap(([row, amount]) => seatsOfRow(row, amount, seatsPerRow));
    expectStatus(await this.#post(`/events/${eventId}/seats`, { seats }), 201);
    return read(await this.#post(`/events/${eventId}/publish`), 200, answers.event);
  }

  /** From now on whoever is promoted has the usual time to pay. */
  async offerForTheUsualTime(eventId: string): Promise<void> {
    expectStatus(await this.#call('PATCH', `/events/${eventId}`, { offerSeconds: null }), 200);
  }

  /** The numbers of a booking's tickets that gates must not let in any more. */
  async revokedTickets(eventId: string, bookingId: string): Promise<string[]> {
    const answer = await this.#call('GET', `/events/${eventId}/revoked-tickets`);
    const { tickets } = read(answer, 200, answers.revokedTickets);
    return tickets.filter((ticket) => ticket.bookingId === bookingId).map(({ ticketNumber }) => ticketNumber);
  }

  /** Takes off what was put on: an event without bookings is removed, one with tickets ends. */
  async closeAll(): Promise<void> {
    for (const eventId of this.#opened.splice(0)) {
      const removed = await this.#call('DELETE', `/events/${eventId}`);
      if (removed.status !== 204) expectStatus(await this.#post(`/events/${eventId}/end`), 200);
    }
  }

  #post(path: string, body?: unknown) {
    return this.#call('POST', path, body);
  }

  async #call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) {
    return send({ method, url: `${this.#urls.ticketApp}${path}`, token: await this.#admin.token(), body });
  }
}

/** A month from now at 19:30 in Jakarta (12:30 UTC), on sale already. */
function placeAndTime() {
  const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const startsAt = midnight + 30 * DAY_MS + 12.5 * 3_600_000;
  const at = (ms: number) => new Date(ms).toISOString();
  return {
    venue: 'Teater Jakarta',
    city: 'Jakarta',
    startsAt: at(startsAt),
    endsAt: at(startsAt + 3 * 3_600_000),
    doorsAt: at(startsAt - 3_600_000),
    salesStartAt: at(midnight - DAY_MS),
    salesEndAt: at(startsAt - 3_600_000),
  };
}

function seatsOfRow(row: string, amount: number, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    seatId: `P-${row}-${index + 1}`,
    section: 'Parterre',
    row,
    number: String(index + 1),
    category: amount > 1_000_000 ? 'VIP' : 'Regular',
    price: { amount, currency: 'IDR' },
  }));
}
