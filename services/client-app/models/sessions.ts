import { type Connection, Schema } from 'mongoose';
import { limits } from '../../../lib/contracts/limits.ts';

/**
 * Where somebody is signed in: a family of refresh tokens of which the last one is good. An ended session is deleted; one
 * that was started under an earlier password (`passwordVersion`, see `users.ts`) is as good as ended.
 */
export interface Session {
  _id: string;
  userId: string;
  passwordVersion: number;
  /** SHA-256 of the secret of the refresh token that was issued last. */
  secretHash: string;
  createdAt: Date;
  lastUsedAt: Date;
  /** Put off at each use, but not beyond `endsAt`. */
  expiresAt: Date;
  endsAt: Date;
}

const schema = new Schema<Session>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    passwordVersion: { type: Number, required: true },
    secretHash: { type: String, required: true },
    createdAt: { type: Date, required: true },
    lastUsedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    endsAt: { type: Date, required: true },
  },
  { strict: 'throw', versionKey: false },
);

export interface SessionTimes {
  /** A session that is not used for so long ends. */
  idleMs: number;
  /** It ends by then, however often it is used. */
  longestMs: number;
}

export type Sessions = ReturnType<typeof sessionsIn>;

/** The only writer of `sessions`. A session that has run out is found by none of the reads. */
export function sessionsIn(connection: Connection, { idleMs, longestMs }: SessionTimes) {
  const model = connection.model<Session>('Session', schema, 'sessions');
  const going = () => ({ expiresAt: { $gt: new Date() } });
  const expiry = (now: Date, endsAt: Date) => new Date(Math.min(now.getTime() + idleMs, endsAt.getTime()));

  /** The oldest give way, so that nobody fills the collection. */
  async function endSurplus(userId: string): Promise<void> {
    const surplus = await model
      .find({ userId }, { _id: 1 })
      .sort({ createdAt: -1, _id: -1 })
      .skip(limits.sessionsPerPerson)
      .lean<Array<{ _id: string }>>();
    if (surplus.length > 0) await model.deleteMany({ _id: { $in: surplus.map(({ _id }) => _id) } });
  }

  return {
    find: (sessionId: string) => model.findOne({ _id: sessionId, ...going() }).lean<Session>(),

    /** Newest first. */
    ofUser: (userId: string, passwordVersion: number) =>
      model
        .find({ userId, passwordVersion, ...going() })
        .sort({ createdAt: -1, _id: -1 })
        .lean<Session[]>(),

    async start(
      session: Pick<Session, '_id' | 'userId' | 'passwordVersion' | 'secretHash'>,
      now = new Date(),
    ): Promise<Session> {
      const endsAt = new Date(now.getTime() + longestMs);
      const row = { ...session, createdAt: now, lastUsedAt: now, expiresAt: expiry(now, endsAt), endsAt };
      await model.create(row);
      await endSurplus(session.userId);
      return row;
    },

    /**
     * Puts the next secret in the place of one that is good: by one compare-and-set, so that of several who hold the same
     * one only one gets the next. Null for the others.
     */
    rotate: ({ _id, secretHash, endsAt }: Session, nextHash: string, now = new Date()) =>
      model
        .findOneAndUpdate(
          { _id, secretHash, ...going() },
          { $set: { secretHash: nextHash, lastUsedAt: now, expiresAt: expiry(now, endsAt) } },
          { returnDocument: 'after' },
        )
        .lean<Session>(),

    /** Lets a session outlive the change of the password that was made in it; a late call takes nothing back. */
    async keepOver(sessionId: string, passwordVersion: number): Promise<void> {
      await model.updateOne({ _id: sessionId }, { $max: { passwordVersion } });
    },

    /** Whether there was one. */
    end: async (userId: string, sessionId: string): Promise<boolean> =>
      (await model.deleteOne({ _id: sessionId, userId, ...going() })).deletedCount === 1,

    /** Those that were started under an earlier password than this one. */
    async endEarlier(userId: string, passwordVersion: number): Promise<void> {
      await model.deleteMany({ userId, passwordVersion: { $lt: passwordVersion } });
    },

    async endAll(userId: string, but?: string): Promise<void> {
      await model.deleteMany({ userId, ...(but !== undefined && { _id: { $ne: but } }) });
    },
  };
}
