import type { Connection } from 'mongoose';
import { Gauge, type Registry } from 'prom-client';
import type { DescribedRoutes, RouteAccess } from '../../lib/http/routes.ts';
import type { Logger } from '../../lib/logging/logger.ts';
import { createChooseSeats } from './commands/choose-seats.ts';
import type { FindSeats } from './commands/find-seats.ts';
import { createListenToSeats, type ListenOptions } from './commands/listen-to-seats.ts';
import type { SettleWork } from './commands/settle-work.ts';
import { createShowSeatMap } from './commands/show-seat-map.ts';
import { findEventIn } from './models/event.ts';
import { createSeatStates } from './models/seat-states.ts';
import { bestAvailableRoutes } from './routes/best-available.ts';
import { seatMapRoutes } from './routes/seat-map.ts';
import { createLiveHalls, type LiveSeatsOptions, liveSeatsDefaults } from './seat-map/live-seats.ts';

/** How often and how long, where tests want it otherwise. */
export type SeatMapOptions = Partial<LiveSeatsOptions & ListenOptions>;

export interface SeatMapParts {
  connection: Connection;
  log: Logger;
  metrics: Registry;
  readers: RouteAccess;
  services: RouteAccess;
  find: FindSeats;
  settle: SettleWork;
  options?: SeatMapOptions | undefined;
}

/** The part of ticket-app that shows seats, as a map, a stream of changes and a list, and chooses the best ones. */
export function createSeatMap(parts: SeatMapParts): {
  routes: DescribedRoutes;
  /** Sends those who listen away. */
  close(): void;
} {
  const { connection, log, metrics, find, settle, options = {} } = parts;
  const findEvent = findEventIn(connection);
  const halls = createLiveHalls(createSeatStates(connection), { ...liveSeatsDefaults, ...options });
  const listening = createListenToSeats({ halls, findEvent, log }, options);
  new Gauge({
    name: 'kursi_seat_listeners',
    help: 'Who listen to changes of seats at this process',
    registers: [metrics],
    collect() {
      this.set(listening.count());
    },
  });
  const routes = seatMapRoutes({
    access: parts.readers,
    find,
    showMap: createShowSeatMap(halls, settle),
    listen: listening.listen,
  });
  return {
    routes: [...routes, ...bestAvailableRoutes(parts.services, createChooseSeats(halls, findEvent))],
    close: listening.close,
  };
}
