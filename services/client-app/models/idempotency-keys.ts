import { type Connection, Schema } from 'mongoose';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';

/** One key of one person on one route names one result, for as long as it is remembered (a TTL index). */
interface IdempotencyKey {
  user: string;
  route: string;
  key: string;
  bodyHash: string;
  resultId: string;
  createdAt: Date;
}

const schema = new Schema<IdempotencyKey>(
  {
    user: { type: String, required: true },
    route: { type: String, required: true },
    key: { type: String, required: true },
    bodyHash: { type: String, required: true },
    resultId: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { strict: 'throw', versionKey: false },
);

export type IdempotencyKeys = ReturnType<typeof idempotencyKeysIn>;

export function idempotencyKeysIn(connection: Connection) {
  const model = connection.model<IdempotencyKey>('IdempotencyKey', schema, 'idempotency_keys');
  return {
    /**
     * Claims a key for a result's id. Returns the id that the key names, which is an earlier one if the key is known,
     * or undefined if the key was used with another body.
     */
    async claim(wanted: Omit<IdempotencyKey, 'createdAt'>): Promise<string | undefined> {
      try {
        await model.create({ ...wanted, createdAt: new Date() });
        return wanted.resultId;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const { user, route, key } = wanted;
      const known = await model.findOne({ user, route, key }).lean<IdempotencyKey>();
      // Forgotten between the two lines: a day has passed just now, and the key is free again.
      if (!known) return this.claim(wanted);
      return known.bodyHash === wanted.bodyHash ? known.resultId : undefined;
    },
  };
}
