import { newId } from '../../../lib/ids.ts';
import { comesFrom, type Event, eventLife } from '../models/event.ts';
import type { EventLedger } from '../models/event-ledger.ts';
import type { NewSeat } from '../models/seat.ts';
import type { SeatImport, SeatImports } from '../models/seat-imports.ts';
import type { SeatLedger } from '../models/seat-ledger.ts';
import type { CountSeats } from './count-seats.ts';
import type { SeatsThatExist } from './seats-that-exist.ts';

/** What is wrong with a row; `at` is its line in a file, or its index in a list. */
export interface RowFault {
  at: number;
  /** 1 for the first column of a file. */
  column?: number;
  field: string;
  message: string;
  rule: 'invalid' | 'repeated' | 'exists';
}

export interface SeatRows {
  rows: Array<{ at: number; seat: NewSeat }>;
  faults: RowFault[];
}

export type ImportAnswer =
  | { outcome: 'imported'; importId: string; seats: number }
  | { outcome: 'refused'; faults: RowFault[] }
  | { outcome: 'unknown_event' | 'event_over' | 'event_busy' | 'abandoned' };

/** Nobody learns more from the hundredth bad row than from the twentieth. */
export const maxFaults = 20;

interface Dependencies {
  imports: SeatImports;
  events: EventLedger;
  seats: SeatLedger;
  exist: SeatsThatExist;
  counter: CountSeats;
}

export type ImportSeats = ReturnType<typeof createImportSeats>;

/**
 * Adds seats to an event, all or none, also when the process is killed at any moment and without a transaction: rows are
 * staged apart and checked, one write commits the import, and from then on whoever comes by may finish it.
 */
export function createImportSeats({ imports, events, seats, exist, counter }: Dependencies) {
  const underWay = new Map<string, Promise<void>>();

  /** Moves the seats of a committed import; may be repeated, and run by several at once. */
  async function redo(record: SeatImport): Promise<void> {
    if (record.status === 'committed') {
      for await (const batch of imports.staged(record._id)) await seats.add(record.eventId, batch);
      await imports.finish(record._id);
    }
    await events.endWork(record.eventId, record._id);
    counter.forget(record.eventId);
    await imports.clear(record._id);
  }

  /** Carries an import to its end if it has been committed; in one process everybody waits for the same one. */
  function finish(record: SeatImport): Promise<void> {
    const known = underWay.get(record._id);
    if (known) return known;
    const work = redo(record).finally(() => underWay.delete(record._id));
    underWay.set(record._id, work);
    return work;
  }

  async function abandon(record: Pick<SeatImport, '_id' | 'eventId'>): Promise<void> {
    await imports.abandon(record._id);
    const now = await imports.find(record._id);
    // Committed in the same moment: then it takes effect.
    if (now?.status !== 'abandoned') return;
    await events.endWork(record.eventId, record._id);
    await imports.clear(record._id);
  }

  /** Takes the event for this import, so that nothing else adds or removes seats until it is over. */
  async function begin(
    eventId: string,
    key: string | undefined,
  ): Promise<ImportAnswer | { outcome: 'begun'; id: string }> {
    const done = key === undefined ? null : await imports.findByKey(eventId, key);
    if (done) {
      await finish(done);
      return { outcome: 'imported', importId: done._id, seats: done.seats };
    }
    const id = newId();
    await imports.begin(id, eventId, key);
    const open = ['draft', ...comesFrom('ended')] as const;
    if (await events.beginWork(eventId, { id, kind: 'import', at: new Date() }, open)) return { outcome: 'begun', id };
    await abandon({ _id: id, eventId });
    return { outcome: whyNot(await events.find(eventId)) };
  }

  async function run(
    eventId: string,
    batches: AsyncIterable<SeatRows> | Iterable<SeatRows>,
    key?: string,
  ): Promise<ImportAnswer> {
    const begun = await begin(eventId, key);
    if (begun.outcome !== 'begun') return begun;
    const record = { _id: begun.id, eventId };
    try {
      const staged = await stage(record, batches);
      if (typeof staged !== 'number') {
        await abandon(record);
        return staged;
      }
      if (!(await imports.commit(record._id, staged))) return { outcome: 'abandoned' };
      await finish({ ...record, status: 'committed', seats: staged, aliveAt: new Date(), staged: true });
      return { outcome: 'imported', importId: record._id, seats: staged };
    } catch (error) {
      // Best effort: what cannot be cleaned up now is found by the sweep.
      await abandon(record).catch(() => undefined);
      throw error;
    }
  }

  /** Stages and checks every row. Returns how many there are, or why the import cannot be. */
  async function stage(
    { _id, eventId }: Pick<SeatImport, '_id' | 'eventId'>,
    batches: AsyncIterable<SeatRows> | Iterable<SeatRows>,
  ): Promise<number | ImportAnswer> {
    const firstAt = new Map<string, number>();
    const faults: RowFault[] = [];
    for await (const batch of batches) {
      faults.push(...batch.faults, ...repeated(batch, firstAt), ...(await existing(eventId, batch)));
      if (faults.length >= maxFaults) break;
      // Once a row is bad nothing will be imported; the rest is only read for more faults.
      if (faults.length > 0 || batch.rows.length === 0) continue;
      const fresh = batch.rows.map(({ seat }) => seat);
      if (!(await imports.stage(_id, firstAt.size - fresh.length, fresh))) return { outcome: 'abandoned' };
    }
    if (faults.length === 0) return firstAt.size;
    return { outcome: 'refused', faults: faults.sort((a, b) => a.at - b.at).slice(0, maxFaults) };
  }

  async function existing(eventId: string, { rows }: SeatRows): Promise<RowFault[]> {
    const known = await exist(
      eventId,
      rows.map(({ seat }) => seat.seatId),
    );
    return rows.flatMap(({ at, seat }) =>
      known.has(seat.seatId)
        ? [
            {
              at,
              column: 1,
              field: 'seat_id',
              message: `is ${seat.seatId}, which the event has already`,
              rule: 'exists',
            },
          ]
        : [],
    );
  }

  return { run, finish, abandon, find: imports.find, silent: imports.silent };
}

function whyNot(event: Event | null): 'unknown_event' | 'event_over' | 'event_busy' {
  if (!event) return 'unknown_event';
  return eventLife[event.status].length === 0 ? 'event_over' : 'event_busy';
}

/** Seats that stood in an earlier row; remembers those that did not. */
function repeated({ rows }: SeatRows, firstAt: Map<string, number>): RowFault[] {
  return rows.flatMap(({ at, seat: { seatId } }): RowFault[] => {
    const first = firstAt.get(seatId);
    if (first !== undefined) {
      return [{ at, column: 1, field: 'seat_id', message: `is ${seatId}, as in row ${first}`, rule: 'repeated' }];
    }
    firstAt.set(seatId, at);
    return [];
  });
}
