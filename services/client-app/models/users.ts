import { type Connection, Schema } from 'mongoose';
import type { Role } from '../../../lib/auth/access-token.ts';
import { afterNewestFirst, decodeCursor, pageOf } from '../../../lib/mongo/cursor.ts';

/** A deleted user keeps only its id, so that bookings and accounts stay whole: no name, address or password. */
export interface User {
  _id: string;
  name: string;
  email?: string;
  /** The address without case; unique. */
  emailKey?: string;
  passwordHash?: string;
  role: Role;
  /** Counts changes, for conditional ones. */
  version: number;
  /** Counts passwords. Sessions name the one under which they were started, and end with it. */
  passwordVersion: number;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

export type NewUser = Required<Pick<User, '_id' | 'name' | 'email' | 'passwordHash' | 'role'>>;

const schema = new Schema<User>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    email: String,
    emailKey: String,
    passwordHash: String,
    role: { type: String, required: true },
    version: { type: Number, required: true },
    passwordVersion: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    deletedAt: { type: Date, default: null },
  },
  { strict: 'throw', versionKey: false },
);

/** Addresses that differ in case only are one. Registered ones are ASCII; what is typed at sign-in may be anything. */
export const emailKeyOf = (email: string): string => email.normalize('NFC').toLowerCase();

const nameOfDeleted = 'Deleted user';

export interface UserChange {
  name?: string;
  email?: string;
  passwordHash?: string;
  role?: Role;
}

export type Users = ReturnType<typeof usersIn>;

/** The only writer of `users`. A deleted user is found by none of the reads. */
export function usersIn(connection: Connection) {
  const model = connection.model<User>('User', schema, 'users');
  const alive = { deletedAt: null };
  return {
    find: (userId: string) => model.findOne({ _id: userId, ...alive }).lean<User>(),
    findByEmail: (email: string) => model.findOne({ emailKey: emailKeyOf(email), ...alive }).lean<User>(),

    /** Rejects with a duplicate key if the address or the id is taken. */
    async insert(user: NewUser): Promise<User> {
      const now = new Date();
      const versions = { version: 1, passwordVersion: 1 };
      const times = { createdAt: now, updatedAt: now, deletedAt: null };
      const row = { ...user, emailKey: emailKeyOf(user.email), ...versions, ...times };
      await model.create(row);
      return row;
    },

    /**
     * The user as changed, or null if there is none, or none of the versions that are given. Rejects with a duplicate key if
     * the address is taken.
     */
    change: (userId: string, change: UserChange, versions: Partial<Pick<User, 'version' | 'passwordVersion'>> = {}) =>
      model
        .findOneAndUpdate(
          { _id: userId, ...alive, ...versions },
          {
            $set: { ...change, ...(change.email && { emailKey: emailKeyOf(change.email) }), updatedAt: new Date() },
            $inc: { version: 1, ...(change.passwordHash && { passwordVersion: 1 }) },
          },
          { returnDocument: 'after' },
        )
        .lean<User>(),

    /** Takes away all that names the person; repeating it changes nothing. */
    async anonymize(userId: string): Promise<void> {
      const now = new Date();
      await model.updateOne(
        { _id: userId, ...alive },
        {
          $set: { name: nameOfDeleted, role: 'buyer', updatedAt: now, deletedAt: now },
          $unset: { email: 1, emailKey: 1, passwordHash: 1 },
          $inc: { version: 1 },
        },
      );
    },

    isLastAdmin: async (userId: string): Promise<boolean> =>
      (await model.exists({ _id: { $ne: userId }, role: 'admin', ...alive })) === null,

    async page(cursor: string | undefined, limit: number) {
      const position = cursor === undefined ? undefined : decodeCursor(cursor);
      const rows = await model
        .find({ ...alive, ...afterNewestFirst('createdAt', position) })
        .sort({ createdAt: -1, _id: -1 })
        .limit(limit + 1)
        .lean<User[]>();
      return pageOf(rows, limit, (user) => ({ at: user.createdAt, id: user._id }));
    },
  };
}
