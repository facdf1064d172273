import { type Connection, type Model, Schema } from 'mongoose';
import { limits } from '../../../lib/contracts/limits.ts';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { barredBy, isNotBarred } from './barred.ts';

/** The queues one person stands in: the set of entries, so that a repeated one counts once. */
interface Waiting {
  /** The customer's id. */
  _id: string;
  /** `enterBefore`: until then its join may still be under way. */
  entries: Array<{ entryId: string; enterBefore: Date }>;
  /** Entries that have ended: a delayed `enter` of one fails until then (K-2). */
  barred: Array<{ entryId: string; until: Date }>;
}

const bar = new Schema(
  { entryId: { type: String, required: true }, until: { type: Date, required: true } },
  { _id: false },
);
const entered = new Schema(
  { entryId: { type: String, required: true }, enterBefore: { type: Date, required: true } },
  { _id: false },
);
const schema = new Schema<Waiting>({
  _id: { type: String, required: true },
  entries: { type: [entered], required: true },
  barred: { type: [bar], required: true },
});

export interface EntryOfPerson {
  customerId: string;
  entryId: string;
}

export type WaitingLimits = ReturnType<typeof createWaitingLimits>;

export function createWaitingLimits(connection: Connection) {
  const waiting =
    (connection.models.Waiting as Model<Waiting> | undefined) ??
    connection.model<Waiting>('Waiting', schema, 'waiting_limits');

  /** Enters an entry, if the person does not wait for too many seats already. No effect after `enterBefore`. */
  async function enter(entry: EntryOfPerson & { enterBefore: Date }): Promise<'entered' | 'limit_reached' | 'barred'> {
    const { customerId: _id, entryId, enterBefore } = entry;
    const { matchedCount } = await waiting.updateOne(
      {
        _id,
        'entries.entryId': { $ne: entryId },
        $expr: {
          $and: [
            { $lt: ['$$NOW', enterBefore] },
            { $lt: [{ $size: '$entries' }, limits.waitingPerPerson] },
            isNotBarred('entryId', entryId),
          ],
        },
      },
      { $push: { entries: { entryId, enterBefore } } },
    );
    if (matchedCount === 1) return 'entered';
    const known = await waiting.findById(_id).lean<Waiting | null>();
    if (!known) {
      // Nobody has left before either, or the document would be there: so this entry cannot have ended.
      try {
        await waiting.create({ _id, entries: [{ entryId, enterBefore }], barred: [] });
        return 'entered';
      } catch (error) {
        if (isDuplicateKey(error)) return enter(entry);
        throw error;
      }
    }
    if (known.entries.some((e) => e.entryId === entryId)) return 'entered';
    const now = new Date();
    const late = known.barred.some((b) => b.entryId === entryId && b.until > now) || enterBefore <= now;
    if (late) return 'barred';
    // There was no document at the first look, or somebody has left since: there is room now.
    return known.entries.length < limits.waitingPerPerson ? enter(entry) : 'limit_reached';
  }

  /** Takes an entry out, and bars it from coming back in until `barUntil`. */
  async function leave({ customerId: _id, entryId, barUntil }: EntryOfPerson & { barUntil: Date }): Promise<void> {
    await waiting.updateOne(
      { _id },
      [
        {
          $set: {
            entries: {
              $filter: { input: { $ifNull: ['$entries', []] }, as: 'id', cond: { $ne: ['$$id.entryId', entryId] } },
            },
            barred: barredBy('entryId', entryId, barUntil),
          },
        },
      ],
      { upsert: true, updatePipeline: true },
    );
  }

  /** Takes out what is not among `active` and can no longer become an entry. */
  async function keep(customerId: string, active: readonly string[]): Promise<void> {
    const isKept = { $or: [{ $in: ['$$id.entryId', [...active]] }, { $gte: ['$$id.enterBefore', '$$NOW'] }] };
    await waiting.updateOne(
      { _id: customerId },
      [{ $set: { entries: { $filter: { input: '$entries', as: 'id', cond: isKept } } } }],
      { updatePipeline: true },
    );
  }

  return { enter, leave, keep };
}
