import { randomUUID } from 'node:crypto';
import type { mongo } from 'mongoose';

/**
 * The clock of a piece of work inside a document. Whoever writes the work sets `nextAttemptAt`; whoever has done it,
 * or given it up, removes it. The other two belong to the lease.
 */
export interface LeaseFields {
  nextAttemptAt?: Date;
  leasedUntil?: Date;
  leaseId?: string;
}

/** Work that this process holds: the document as the claim found it, and the lease's id, which is fresh at each claim. */
export interface Leased<Doc> {
  document: Doc;
  leaseId: string;
  leasedUntil: Date;
}

type LeasableCollection = Pick<
  mongo.Collection<mongo.BSON.Document>,
  'find' | 'findOneAndUpdate' | 'updateOne' | 'aggregate'
>;

/** Where in the documents of a collection the work is. */
export interface LeasePlace {
  collection: LeasableCollection;
  /** The field that holds the `LeaseFields`: a sub-document, or with `list` an array of them, each leased by itself. */
  path: string;
  list?: boolean;
}

export interface Leases<Doc> {
  /** Takes up to `limit` pieces of work that are due and not leased, for `leaseMs` from now. */
  claim(limit: number, leaseMs: number): Promise<Leased<Doc>[]>;
  /** Prolongs a lease. False: it is no longer ours, or the work is done. */
  extend(leased: Leased<Doc>, leaseMs: number): Promise<boolean>;
  /** How much work there is, how much of it is due, and since when the oldest of that has been: of 10,000 documents at most. */
  overview(now?: Date): Promise<Overview>;
}

/** Pieces of work. */
export interface Overview {
  waiting: number;
  due: number;
  oldestDueAt?: Date;
}

/** Counting goes no further: a backlog of that size is told well enough, and a scrape has to end. */
const mostCounted = 10_000;

/**
 * Leases on work kept in a MongoDB collection. Each claim is one compare-and-set, so of several processes one gets it.
 * Needs a sparse index on `<path>.nextAttemptAt`. Clocks of processes that share a collection must agree to well within a lease.
 */
export function leasesOn<Doc extends { _id: string }>({ collection, path, list = false }: LeasePlace): Leases<Doc> {
  const field = (name: keyof LeaseFields) => (list ? `${path}.$.${name}` : `${path}.${name}`);
  const where = (conditions: Partial<Record<keyof LeaseFields, unknown>>): mongo.BSON.Document =>
    list
      ? { [path]: { $elemMatch: conditions } }
      : Object.fromEntries(Object.entries(conditions).map(([name, condition]) => [`${path}.${name}`, condition]));
  // `$not: $gt` also matches work that was never leased.
  const due = (now: Date) => where({ nextAttemptAt: { $lte: now }, leasedUntil: { $not: { $gt: now } } });

  async function claimOne(_id: unknown, leaseMs: number): Promise<Leased<Doc> | undefined> {
    const now = new Date();
    const leaseId = randomUUID();
    const leasedUntil = new Date(now.getTime() + leaseMs);
    const document = await collection.findOneAndUpdate(
      { _id: _id as mongo.ObjectId, ...due(now) },
      { $set: { [field('leasedUntil')]: leasedUntil, [field('leaseId')]: leaseId } },
      { returnDocument: 'after' },
    );
    return document ? { document: document as unknown as Doc, leaseId, leasedUntil } : undefined;
  }

  return {
    async claim(limit, leaseMs) {
      const candidates = await collection
        .find(due(new Date()), { projection: { _id: 1 } })
        .limit(limit)
        .toArray();
      const claimed = await Promise.all(candidates.map(({ _id }) => claimOne(_id, leaseMs)));
      return claimed.filter((leased) => leased !== undefined);
    },
    async extend(leased, leaseMs) {
      const until = new Date(Date.now() + leaseMs);
      const { matchedCount } = await collection.updateOne(
        {
          _id: leased.document._id as unknown as mongo.ObjectId,
          ...where({ leaseId: leased.leaseId, nextAttemptAt: { $exists: true } }),
        },
        { $set: { [field('leasedUntil')]: until } },
      );
      if (matchedCount === 1) leased.leasedUntil = until;
      return matchedCount === 1;
    },
    async overview(now = new Date()) {
      const at = `$${path}.nextAttemptAt`;
      const isDue = { $lte: [at, now] };
      const some = { [`${path}.nextAttemptAt`]: { $gt: new Date(0) } };
      const [found] = await collection
        .aggregate<{ waiting: number; due: number; oldestDueAt: Date | null }>([
          { $match: some },
          { $limit: mostCounted },
          { $project: { [`${path}.nextAttemptAt`]: 1 } },
          ...(list ? [{ $unwind: `$${path}` }, { $match: some }] : []),
          {
            $group: {
              _id: null,
              waiting: { $sum: 1 },
              due: { $sum: { $cond: [isDue, 1, 0] } },
              oldestDueAt: { $min: { $cond: [isDue, at, null] } },
            },
          },
        ])
        .toArray();
      const { waiting = 0, due = 0, oldestDueAt } = found ?? {};
      return { waiting, due, ...(oldestDueAt && { oldestDueAt }) };
    },
  };
}
