import { createHash } from 'node:crypto';
import { type Connection, type Model, Schema } from 'mongoose';
import { isDuplicateKey } from './connection.ts';

/** One key of one person on one route names one result, for as long as it is remembered (a TTL index on `createdAt`, a day). */
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

/** A call under an Idempotency-Key; `wanted` is what makes two of them the same one. */
export interface KeyedCall {
  user: string;
  route: string;
  key: string;
  wanted: unknown;
  /** The id of what the call makes, if it is the first. */
  resultId: string;
}

export type IdempotencyKeys = ReturnType<typeof idempotencyKeysIn>;

export function idempotencyKeysIn(connection: Connection) {
  const model =
    (connection.models.IdempotencyKey as Model<IdempotencyKey> | undefined) ??
    connection.model<IdempotencyKey>('IdempotencyKey', schema, 'idempotency_keys');
  return {
    /**
     * The id of what a key makes: this call's, or that of an earlier one with the same body. Whoever comes second makes
     * the same thing once more, under the same id, which is how it finds it. Undefined: the key was used with another body.
     */
    async claim(call: KeyedCall): Promise<string | undefined> {
      const { user, route, key, resultId } = call;
      const bodyHash = createHash('sha256').update(JSON.stringify(call.wanted)).digest('hex');
      try {
        await model.create({ user, route, key, bodyHash, resultId, createdAt: new Date() });
        return resultId;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const known = await model.findOne({ user, route, key }).lean<IdempotencyKey>();
      // Forgotten between the two lines: a day has passed just now, and the key is free again.
      if (!known) return this.claim(call);
      return known.bodyHash === bodyHash ? known.resultId : undefined;
    },
  };
}
