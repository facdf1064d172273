import type { User } from '../models/users.ts';

/** A user as it leaves the house: never the password's hash. */
export const presentUser = (user: User) => ({
  userId: user._id,
  name: user.name,
  email: user.email,
  role: user.role,
  createdAt: user.createdAt.toISOString(),
});
