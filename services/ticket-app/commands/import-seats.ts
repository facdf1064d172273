import { createHash } from 'node:crypto';
import { newId } from '../../../lib/ids.ts';
import { comesFrom, type Event, eventLife } from '../models/event.ts';
import type { EventLedger } from '../models/event-ledger.ts';
import { refusalTo, type Viewer } from '../models/event-owner.ts';
import type { NewSeat } from '../models/seat.ts';
import type { SeatImport, SeatImports, Staged } from '../models/seat-imports.ts';
import type { SeatLedger } from '../models/seat-ledger.ts';
import type { CountSeats } from './count-seats.ts';
import type { PriceList } from './price-list.ts';
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
  | { outcome: 'unknown_event' | 'not_your_event' | 'event_over' | 'event_busy' | 'abandoned' }
  /** The key names an import of other seats; or one that goes on. */
  | { outcome: 'key_reused' | 'in_progress' };

type Batches = AsyncIterable<SeatRows> | Iterable<SeatRows>;

export interface ImportCall {
  eventId: string;
  /** Who imports. */
  viewer: Viewer;
  /** The same call again under the same key is one import. */
  key?: string | undefined;
}

/** Nobody learns more from the hundredth bad row than from the twentieth. */
export const maxFaults = 20;

interface Dependencies {
  imports: SeatImports;
  events: EventLedger;
  seats: SeatLedger;
  exist: SeatsThatExist;
  prices: PriceList;
  counter: CountSeats;
}

export type ImportSeats = ReturnType<typeof createImportSeats>;

/**
 * Adds seats to an event, all or none, also when the process is killed at any moment and without a transaction: rows are
 * staged apart and checked, one write commits the import, and from then on whoever comes by may finish it.
 */
export function createImportSeats({ imports, events, seats, exist, prices, counter }: Dependencies) {
  const underWay = new Map<string, Promise<void>>();

  /** Moves the seats of a committed import; may be repeated, and run by several at once. */
  async function redo(record: SeatImport): Promise<void> {
    if (record.status === 'committed') {
      for await (const batch of imports.staged(record._id)) await seats.add(record.eventId, batch);
      await prices.renew(record.eventId);
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

  /** The answer to a repeat: the import that took effect, if this call brings the same rows. */
  async function again(first: SeatImport, batches: Batches): Promise<ImportAnswer> {
    await finish(first);
    const digest = createDigest();
    for await (const { rows, faults } of batches) {
      if (faults.length > 0) return { outcome: 'key_reused' };
      digest.add(rows.map(({ seat }) => seat));
    }
    if (digest.now() !== first.digest) return { outcome: 'key_reused' };
    return { outcome: 'imported', importId: first._id, seats: first.seats };
  }

  const tookEffect = ({ eventId, key }: ImportCall) => (key === undefined ? null : imports.findByKey(eventId, key));

  /** Takes the event for this import, so that nothing else adds or removes seats until it is over. */
  async function begin(call: ImportCall): Promise<ImportAnswer | { outcome: 'begun'; id: string } | SeatImport> {
    const { eventId, key, viewer } = call;
    const refusal = refusalTo(viewer, await events.find(eventId));
    if (refusal) return { outcome: refusal };
    const done = await tookEffect(call);
    if (done) return done;
    const id = newId();
    await imports.begin(id, eventId, key);
    const from = ['draft', ...comesFrom('ended')] as const;
    const isBegun = await events.beginWork(eventId, { id, kind: 'import', at: new Date() }, { from });
    // Whoever had the event until just now may have been the same call.
    const first = isBegun && (await tookEffect(call));
    if (isBegun && !first) return { outcome: 'begun', id };
    await abandon({ _id: id, eventId });
    if (first) return first;
    if (key !== undefined && (await imports.isUnderWay(eventId, key))) return { outcome: 'in_progress' };
    return { outcome: whyNot(await events.find(eventId)) };
  }

  async function run(call: ImportCall, batches: Batches): Promise<ImportAnswer> {
    const begun = await begin(call);
    if ('_id' in begun) return again(begun, batches);
    if (begun.outcome !== 'begun') return begun;
    const record = { _id: begun.id, eventId: call.eventId };
    try {
      const staged = await stage(record, batches);
      if ('outcome' in staged) {
        await abandon(record);
        return staged;
      }
      if (!(await imports.commit(record._id, staged))) return { outcome: 'abandoned' };
      await finish({ ...record, ...staged, status: 'committed', aliveAt: new Date(), staged: true });
      return { outcome: 'imported', importId: record._id, seats: staged.seats };
    } catch (error) {
      // Best effort: what cannot be cleaned up now is found by the sweep.
      await abandon(record).catch(() => undefined);
      throw error;
    }
  }

  /** Stages and checks every row. Returns what there is, or why the import cannot be. */
  async function stage(
    { _id, eventId }: Pick<SeatImport, '_id' | 'eventId'>,
    batches: Batches,
  ): Promise<Staged | ImportAnswer> {
    const firstAt = new Map<string, number>();
    const digest = createDigest();
    const faults: RowFault[] = [];
    for await (const batch of batches) {
      faults.push(...batch.faults, ...repeated(batch, firstAt), ...(await existing(eventId, batch)));
      if (faults.length >= maxFaults) break;
      // Once a row is bad nothing will be imported; the rest is only read for more faults.
      if (faults.length > 0 || batch.rows.length === 0) continue;
      const fresh = batch.rows.map(({ seat }) => seat);
      digest.add(fresh);
      if (!(await imports.stage(_id, firstAt.size - fresh.length, fresh))) return { outcome: 'abandoned' };
    }
    if (faults.length === 0) return { seats: firstAt.size, digest: digest.now() };
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

/** A hash of seats, whatever batches they come in. */
function createDigest() {
  const hash = createHash('sha256');
  return {
    add(seats: readonly NewSeat[]): void {
      for (const { seatId, section, row, number, category, price } of seats) {
        hash.update(JSON.stringify([seatId, section, row, number, category, price.amount, price.currency]));
      }
    },
    now: () => hash.copy().digest('base64url'),
  };
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
