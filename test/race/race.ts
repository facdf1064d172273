import type { Client } from '@temporalio/client';
import fc from 'fast-check';
import type { Databases } from '../../scripts/audit/records.ts';
import { anEvent, type Person, people, theAdmin } from '../e2e/stage.ts';
import { someSeats } from '../factories/seats.ts';
import { waitUntil } from '../wait-until.ts';
import { Actor } from './people.ts';
import { Recorder } from './recorder.ts';
import { untilAtRest } from './rest.ts';
import { watchSeats } from './watch.ts';
import { type World, worlds } from './world.ts';

export interface Referee {
  databases: Databases;
  temporal: Client;
  /** How long a world may take to come to rest after everybody has done what they wanted. */
  restMs: number;
  /** Whether processes are killed meanwhile. */
  kills: boolean;
}

/** What happened, by name. */
export type Counts = Map<string, number>;

/** Plays one world on a system that runs, waits until it is at rest, and lets the audit judge. @throws with everything said. */
async function play(world: World, { databases, temporal, restMs, kills }: Referee): Promise<Counts> {
  const { holdSeconds, offerSeconds } = world;
  const seats = someSeats(world.seats);
  const make = () => anEvent({ seats, holdSeconds, changes: { offerSeconds } });
  // ticket-app may have been killed just now.
  const eventId = kills ? await waitUntil('an event to race in', () => make().catch(() => undefined)) : await make();
  const recorder = new Recorder();
  const place = { eventId, seatIds: seats.map(({ seatId }) => seatId), recorder };
  const persons = await people(world.people.length);
  const actors = persons.map((person: Person, i) => new Actor(`person ${i + 1}`, person, place));
  const admin = new Actor('admin', await theAdmin(), place);
  const watch = watchSeats(databases, eventId);
  await Promise.all([...actors.map((actor, i) => actor.play(world.people[i] ?? [])), admin.play(world.admin)]);

  const { acknowledged } = recorder;
  const { going, found } = await untilAtRest({ databases, temporal, eventIds: [eventId], acknowledged }, restMs);
  const seen = await watch.stop();
  // Who opens a closed seat again may be faster than its queue is closed; and what a kill interrupts is mended later.
  const open = world.admin.length > 0 || kills ? [] : seen;
  if (going.length + found.length + open.length > 0) {
    const wrong = [
      ...open,
      ...found.map(({ invariant, what, ids }) => `${invariant}: ${what} ${ids.join(' ')}`),
      ...going.map((what) => `not at rest: ${what}`),
    ];
    throw new Error(`${wrong.join('\n')}\nEvent ${eventId}:\n${recorder}`);
  }
  return new Map([...recorder.counts, ...(await whatCameOfIt(databases, eventId))]);
}

async function whatCameOfIt(databases: Databases, eventId: string): Promise<Array<[string, number]>> {
  const database = databases['ticket-app'];
  const entries = await database.collection('waitlist_entries').find({ eventId }).toArray();
  const bookings = await database.collection('bookings').find({ eventId }).toArray();
  const steps: string[] = entries.flatMap(({ history }) => history.map(({ step }: { step: string }) => step));
  const ends = (list: string[], name: string) => list.filter((one) => one === name).length;
  return [
    ['worlds', 1],
    ['promotions', ends(steps, 'offered')],
    ['fulfilled', ends(steps, 'fulfilled')],
    ['lapses', ends(steps, 'lapsed')],
    ['declined offers', ends(steps, 'declined')],
    ['left', ends(steps, 'left')],
    ['put back', ends(steps, 'requeued')],
    ['closed entries', ends(steps, 'closed')],
    ['confirmed', bookings.filter(({ status }) => status === 'CONFIRMED').length],
    ['refunds', bookings.filter(({ refund }) => refund !== undefined).length],
  ];
}

/** The world of this seed. The same seed makes the same world; what comes of it is up to the race. @throws with the seed. */
export async function race(seed: number, referee: Referee): Promise<Counts> {
  let counts: Counts = new Map();
  const property = fc.asyncProperty(worlds, async (world) => {
    counts = await play(world, referee);
  });
  // A smaller world is another race: looking for one would hide what happened in this one.
  await fc.assert(property, { seed, numRuns: 1, endOnFailure: true, includeErrorInReport: true });
  return counts;
}
