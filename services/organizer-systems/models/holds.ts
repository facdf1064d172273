import type { Connection } from 'mongoose';
import { newId } from '../../../lib/ids.ts';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { pagesOf } from '../../../lib/mongo/cursor.ts';
import { type HoldModels, type HoldRecord, type HoldState, holdModels } from './hold-record.ts';

/** More rounds than there can be rivals at one time; only a fault of ours reaches it. */
const maxRounds = 500;

export interface HoldRequest {
  reference: string;
  event: string;
  seats: readonly string[];
}

export type HoldAnswer =
  | { outcome: 'held'; hold: HoldRecord; made: boolean }
  | { outcome: 'refused'; hold: HoldRecord; seats: string[] }
  | { outcome: 'released'; hold: HoldRecord }
  /** The reference is known with another event or other seats. */
  | { outcome: 'reused' };

export interface HoldFilter {
  event?: string | undefined;
  state?: HoldState | undefined;
  cursor?: string | undefined;
  limit: number;
}

/**
 * The record of holds: the only code that writes the two collections.
 *
 * A hold takes all its seats or none, without a transaction. Its document is written first, in state `claiming`; then its
 * seats are claimed in sorted order, each an insert that the unique index (event, seat) guards; then one compare-and-set
 * decides. Whoever meets a half-made hold (a repeat, a rival for one of its seats, the sweep) carries it to its end instead of
 * waiting, so a process killed midway blocks nobody. A helped hold is only ever blocked by a later seat, so helping ends.
 */
export class HoldLedger {
  readonly #models: HoldModels;

  constructor(connection: Connection) {
    this.#models = holdModels(connection);
  }

  /**
   * Holds all seats or none, idempotently by reference. A refusal is final for its reference.
   * With `refuse` a new hold is refused whatever its seats are (fault injection).
   */
  async hold(request: HoldRequest, refuse = false): Promise<HoldAnswer> {
    const seats = [...new Set(request.seats)].sort();
    const made = await this.#insert({ ...request, seats }, refuse);
    const hold = await this.#settle(request.reference);
    if (hold.state === 'released') return { outcome: 'released', hold };
    if (hold.event !== request.event || hold.seats.join() !== seats.join()) return { outcome: 'reused' };
    if (hold.state === 'refused') return { outcome: 'refused', hold, seats: hold.refusedSeats ?? [] };
    return { outcome: 'held', hold, made };
  }

  /** Gives the seats back. An unknown reference becomes a tombstone, so that a hold that arrives later does nothing (K-2). */
  async release(reference: string): Promise<HoldRecord> {
    const now = new Date();
    try {
      await this.#models.holds.updateOne(
        { _id: reference, state: { $ne: 'released' } },
        {
          $set: { state: 'released', settled: false, changedAt: now },
          $setOnInsert: { holdId: newId(), seats: [], createdAt: now },
        },
        { upsert: true },
      );
    } catch (error) {
      // Released before: the filter did not match, and the upsert met the document itself.
      if (!isDuplicateKey(error)) throw error;
    }
    return this.#settle(reference);
  }

  async find(reference: string): Promise<HoldRecord | null> {
    return this.#models.holds.findById(reference).lean();
  }

  /** Newest first. Throws a 400 problem for a cursor of somebody else. */
  async list(filter: HoldFilter): Promise<{ rows: HoldRecord[]; nextCursor?: string }> {
    const which = {
      ...(filter.event !== undefined && { event: filter.event }),
      ...(filter.state !== undefined && { state: filter.state }),
    };
    const newestFirst = { field: 'createdAt', kind: 'date', direction: -1 } as const;
    const pages = pagesOf({ ...newestFirst, keyOf: (row: HoldRecord) => row.createdAt }, which);
    const rows = await this.#models.holds
      .find({ $and: [which, pages.after(filter.cursor)] })
      .sort(pages.sort)
      .limit(filter.limit + 1)
      .lean<HoldRecord[]>();
    return pages.page(rows, filter.limit);
  }

  /** Takes seats that nobody holds out of everybody's reach. Returns those that are held and stay so. */
  async markSoldElsewhere(event: string, seats: readonly string[]): Promise<{ sold: string[]; held: string[] }> {
    const answer: { sold: string[]; held: string[] } = { sold: [], held: [] };
    for (const seat of [...seats].sort()) {
      answer[(await this.#sell(event, seat)) ? 'sold' : 'held'].push(seat);
    }
    return answer;
  }

  /** Finishes what nobody came back for: holds whose work has lain unfinished since before `olderThan`. Returns how many. */
  async sweep(olderThan: Date): Promise<number> {
    const left = await this.#models.holds
      .find({ settled: false, changedAt: { $lt: olderThan } })
      .sort({ changedAt: 1 })
      .limit(200)
      .lean();
    for (const hold of left) await this.#settle(hold._id);
    return left.length;
  }

  async #insert(request: HoldRequest, refuse: boolean): Promise<boolean> {
    const now = new Date();
    const seats = [...request.seats];
    try {
      await this.#models.holds.create({
        _id: request.reference,
        holdId: newId(),
        event: request.event,
        seats,
        ...(refuse ? { state: 'refused', refusedSeats: seats } : { state: 'claiming' }),
        settled: refuse,
        createdAt: now,
        changedAt: now,
      });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Carries a hold to where nothing is left to do. Any number of callers may do so at once, and stop anywhere. */
  async #settle(reference: string): Promise<HoldRecord> {
    let claimed = false;
    for (let round = 0; round < maxRounds; round += 1) {
      const hold = await this.find(reference);
      if (!hold) throw new Error(`The hold ${reference} has gone from the record.`);
      if (hold.settled) {
        // Somebody ended this hold while seats were being claimed here for it: what came too late goes back.
        if (claimed && hold.state !== 'held') await this.#models.claims.deleteMany({ reference });
        return hold;
      }
      if (hold.state === 'claiming') {
        claimed = true;
        await this.#advance(hold);
      } else {
        await this.#models.claims.deleteMany({ reference });
        await this.#models.holds.updateOne({ _id: reference, state: hold.state }, { $set: { settled: true } });
      }
    }
    throw new Error(`The hold ${reference} did not settle in ${maxRounds} rounds.`);
  }

  async #advance(hold: HoldRecord): Promise<void> {
    const event = hold.event ?? '';
    if (await this.#claimSeats(event, hold)) {
      await this.#decide(hold._id, { state: 'held', settled: true });
      return;
    }
    const others = await this.#models.claims
      .find({ event, seat: { $in: hold.seats }, reference: { $ne: hold._id } })
      .sort({ seat: 1 })
      .lean();
    const [first] = others;
    if (!first || (await this.#clearAway(event, first.seat, first.reference))) return;
    const owners = others.flatMap((claim) => (claim.reference === null ? [] : [claim.reference]));
    const held = await this.#models.holds.distinct('_id', { _id: { $in: owners }, state: 'held' });
    const taken = others.filter((claim) => claim.reference === null || held.includes(claim.reference));
    // Given back in this very moment: try again rather than say a "no" that is no longer so.
    if (taken.length === 0) return;
    const refusedSeats = taken.map((claim) => claim.seat);
    await this.#decide(hold._id, { state: 'refused', refusedSeats, settled: false });
  }

  /** Only a hold that is still claiming can be decided; whoever comes second changes nothing. */
  async #decide(reference: string, change: Partial<HoldRecord>): Promise<void> {
    await this.#models.holds.updateOne(
      { _id: reference, state: 'claiming' },
      { $set: { ...change, changedAt: new Date() } },
    );
  }

  /** One ordered batch, which stops at the first seat that is somebody else's. */
  async #claimSeats(event: string, hold: HoldRecord): Promise<boolean> {
    try {
      await this.#models.claims.bulkWrite(
        hold.seats.map((seat) => ({
          updateOne: {
            filter: { event, seat, reference: hold._id },
            update: { $setOnInsert: { claimedAt: new Date() } },
            upsert: true,
          },
        })),
        { ordered: true },
      );
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Finishes a rival's half-made hold and removes what an ended one left behind. False: the seat is taken for good. */
  async #clearAway(event: string, seat: string, owner: string | null): Promise<boolean> {
    if (owner === null) return false;
    const rival = await this.find(owner);
    if (rival?.state === 'held') return false;
    if (rival?.state === 'claiming') await this.#settle(owner);
    else await this.#models.claims.deleteOne({ event, seat, reference: owner });
    return true;
  }

  async #sell(event: string, seat: string): Promise<boolean> {
    for (let round = 0; round < maxRounds; round += 1) {
      if (await this.#claimSold(event, seat)) return true;
      const claim = await this.#models.claims.findOne({ event, seat }).lean();
      if (claim && !(await this.#clearAway(event, seat, claim.reference))) return claim.reference === null;
    }
    throw new Error(`The seat ${seat} of ${event} did not settle in ${maxRounds} rounds.`);
  }

  async #claimSold(event: string, seat: string): Promise<boolean> {
    try {
      await this.#models.claims.create({ event, seat, reference: null, claimedAt: new Date() });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}
