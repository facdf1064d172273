import { type Static, Type } from 'typebox';
import { Role } from '../../../lib/auth/access-token.ts';
import { Id, Instant } from '../../../lib/contracts/primitives.ts';
import type { User } from '../models/users.ts';

export const UserView = Type.Object({
  userId: Id,
  name: Type.String(),
  email: Type.Optional(Type.String()),
  role: Role,
  createdAt: Instant,
});

/** A user as it leaves the house: never the password's hash. */
export const presentUser = (user: User): Static<typeof UserView> => ({
  userId: user._id,
  name: user.name,
  ...(user.email !== undefined && { email: user.email }),
  role: user.role,
  createdAt: user.createdAt.toISOString(),
});
