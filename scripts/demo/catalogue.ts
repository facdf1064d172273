import type { EventView } from '../../lib/contracts/event.ts';
import type { SeatStatus, SeatView } from '../../lib/contracts/seat.ts';
import type { SeatMap } from '../../lib/contracts/seat-map.ts';
import * as answers from './answers.ts';
import { read, send } from './http.ts';
import { until } from './until.ts';

/** What everybody may look at in the Client App, signed in or not. */
export class Catalogue {
  readonly #clientApp: string;

  constructor(clientApp: string) {
    this.#clientApp = clientApp;
  }

  /** Up to 100 events on sale or soon to be, soonest first; `from` leaves earlier ones out. */
  async events(from?: string): Promise<EventView[]> {
    const query = new URLSearchParams({ limit: '100', ...(from !== undefined && { from }) });
    const url = `${this.#clientApp}/events?${query}`;
    return read(await send({ method: 'GET', url }), 200, answers.eventPage).events;
  }

  /** The whole hall at a glance. */
  async map(eventId: string): Promise<SeatMap> {
    const url = `${this.#clientApp}/events/${eventId}/seats`;
    return read(await send({ method: 'GET', url }), 200, answers.seatMap);
  }

  async seats(eventId: string): Promise<SeatView[]> {
    const url = `${this.#clientApp}/events/${eventId}/seats?view=list`;
    return read(await send({ method: 'GET', url }), 200, answers.seatPage).seats;
  }

  /** The statuses of some seats, in the order asked. */
  async statuses(eventId: string, seatIds: readonly string[]): Promise<Array<SeatStatus | undefined>> {
    const seats = await this.seats(eventId);
    return seatIds.map((seatId) => seats.find((one) => one.seatId === seatId)?.status);
  }

  async untilSeatsAre(status: SeatStatus, eventId: string, seatIds: readonly string[]): Promise<void> {
    await until({
      what: `seats ${seatIds.join(', ')} are ${status}`,
      look: () => this.statuses(eventId, seatIds),
      holds: (statuses) => statuses.every((one) => one === status),
    });
  }
}
