import type { Booking } from './booking-document.ts';
import type { Invoice } from './invoice.ts';
import type { Hold } from './organizer.ts';
import type { Actor, Entry, Person } from './queue.ts';
import type { Rules } from './rules.ts';
import type { Seat } from './seat.ts';
import type { Ticket } from './ticket.ts';
import type { Attempt, Run } from './workflow.ts';

/**
 * Everything that is somewhere: the documents of the databases, the workflows as far as they remember, and what is still
 * under way. What a scenario leaves out (an organizer, an invoice, a queue) has no part, and steps that need it are skipped.
 */
export type World = {
  seats: Readonly<Record<string, Seat>>;
  /** ticket-app's documents, by booking. */
  bookings: Readonly<Record<string, Booking>>;
  invoices: Readonly<Record<string, Invoice>>;
  /** What the organizer's system has of a booking. */
  holds: Readonly<Record<string, Hold>>;
  tickets: Readonly<Record<string, Ticket>>;
  /** Workflows, by their ids. */
  runs: Readonly<Record<string, Run>>;
  entries: Readonly<Record<string, Entry>>;
  /** The workflow of a seat's waitlist, by seat. */
  actors: Readonly<Record<string, Actor>>;
  /** What somebody has asked for, and was told, by name. */
  people: Readonly<Record<string, Person>>;
  /** Attempts that were given up as lost and may wake up yet. */
  late: {
    readonly attempts: readonly Attempt[];
    /** The only activities that may be killed or late in this scenario; none: all. */
    readonly only: readonly string[];
    /** Whether a worker may be killed when it has done something and nobody knows yet. */
    readonly losesAnswers: boolean;
  };
  /** How often each fault may yet happen. */
  left: Readonly<Record<Fault, number>>;
  /** The first invariant that a step broke, in words. */
  verdict: { readonly broken: string };
};

/** What goes wrong at most so often in one world. Killed workers and lost answers cost nothing: they may always happen. */
export type Fault =
  /** An attempt stalls, is taken for lost, and goes on later. */
  | 'late'
  /** A workflow is terminated by hand. */
  | 'terminated'
  /** A webhook or a signal is lost for ever. */
  | 'lost'
  /** A booking fails through nobody's fault (a neighbour is away). */
  | 'outage'
  /** The organizer has sold the seat elsewhere. */
  | 'soldElsewhere'
  /** A seat is closed. */
  | 'closed'
  /** A run of the waitlist has grown so long that it continues as new. */
  | 'full'
  /** A confirmed booking is cancelled after all (by whoever has it). */
  | 'givenBack'
  /** A minute passes: what must be over by then is over. */
  | 'minutes';

/** What does not change in one exploration. */
export interface Setting {
  /** A seat that is marked as waited for is waited for. */
  readonly exactMarks?: boolean;
  rules: Rules;
  /** Which seats a booking wants, in the order in which it takes them. */
  seatsOf(bookingId: string): readonly string[];
}

/** The world with one part of it exchanged. */
export function put<K extends keyof World>(world: World, kind: K, name: string, part: World[K][keyof World[K]]): World {
  return { ...world, [kind]: { ...world[kind], [name]: part } };
}

/** A part that the scenario has. */
export function the<T>(parts: Readonly<Record<string, T>>, name: string): T {
  const part = parts[name];
  if (part === undefined) throw new Error(`The world has no part "${name}".`);
  return part;
}

/** The world in which an invariant is broken; the first one is told. */
export const breaking = (world: World, what: string): World =>
  world.verdict.broken ? world : put(world, 'verdict', 'broken', what);

/** The fault happens once more, if it may. */
export const spend = (world: World, fault: Fault): World => put(world, 'left', fault, world.left[fault] - 1);

export const withItem = (list: readonly string[], item: string): readonly string[] =>
  list.includes(item) ? list : [...list, item].sort();
export const withoutItem = (list: readonly string[], item: string): readonly string[] =>
  list.includes(item) ? list.filter((other) => other !== item) : list;
