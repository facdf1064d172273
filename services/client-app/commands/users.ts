import { notFound, Problem } from '../../../lib/http/problem.ts';
import { newId } from '../../../lib/ids.ts';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { hashPassword, passwordFits } from '../auth/passwords.ts';
import type { Caller } from '../auth/signed-in.ts';
import type { Dependencies } from '../dependencies.ts';
import type { User, UserChange } from '../models/users.ts';
import { leaveAllQueues } from './leave-waitlist.ts';

/** How many of the bookings in the way are named. */
const namedBookings = 10;

const emailTaken = () =>
  new Problem(409, 'email_taken', 'Somebody has registered with this address. Sign in, or use another one.', {
    field: 'body.email',
  });

async function unlessTaken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw isDuplicateKey(error) ? emailTaken() : error;
  }
}

/** Registers a buyer. Throws 409 `email_taken`. */
export async function registerUser(
  { users }: Dependencies,
  person: { name: string; email: string; password: string },
): Promise<User> {
  const passwordHash = await hashPassword(person.password);
  const { name, email } = person;
  return unlessTaken(() => users.insert({ _id: newId(), name: name.trim(), email, passwordHash, role: 'buyer' }));
}

/** Signs in. An unknown address and a wrong password are told by the same words, after the same time. */
export async function signIn({ users, tokens }: Dependencies, email: string, password: string) {
  const user = await users.findByEmail(email);
  const fits = await passwordFits(password, user?.passwordHash);
  if (!user || !fits) throw new Problem(401, 'wrong_credentials', 'The e-mail address or the password is wrong.');
  return tokens.issue({ userId: user._id, role: user.role });
}

/** A user, to itself or to an admin. To others it does not exist: 404 tells nothing about whose ids are in use. */
export async function readUser({ users }: Dependencies, caller: Caller, userId: string): Promise<User> {
  const allowed = caller.userId === userId || caller.role === 'admin';
  const user = allowed ? await users.find(userId) : null;
  if (!user) throw notFound('user');
  return user;
}

export const listUsers = ({ users }: Dependencies, query: { cursor?: string; limit: number }) =>
  users.page(query.cursor, query.limit);

export interface UserPatch {
  name?: string;
  email?: string;
  password?: string;
  currentPassword?: string;
  role?: User['role'];
}

/** What a stolen access token must not be enough for: taking the account over. */
async function provesItself(user: User, patch: UserPatch): Promise<void> {
  if (patch.email === undefined && patch.password === undefined) return;
  if (patch.currentPassword === undefined) {
    throw new Problem(400, 'current_password_required', 'body.currentPassword is required to change this.', {
      field: 'body.currentPassword',
    });
  }
  if (await passwordFits(patch.currentPassword, user.passwordHash)) return;
  throw new Problem(403, 'wrong_password', 'body.currentPassword is not your password.', {
    field: 'body.currentPassword',
  });
}

/** Changes a user. People prove themselves by their password for address and password; only admins change roles. */
export async function changeUser(
  dependencies: Dependencies,
  caller: Caller,
  userId: string,
  patch: UserPatch,
): Promise<User> {
  const { users } = dependencies;
  const user = await readUser(dependencies, caller, userId);
  if (patch.role !== undefined && caller.role !== 'admin') {
    throw new Problem(403, 'forbidden', 'Only an admin changes roles.', { field: 'body.role' });
  }
  if (caller.userId === userId) await provesItself(user, patch);
  if (patch.role === 'buyer' && user.role === 'admin') await refuseLastAdmin(dependencies, userId);
  const change: UserChange = {
    ...(patch.name !== undefined && { name: patch.name.trim() }),
    ...(patch.email !== undefined && { email: patch.email }),
    ...(patch.password !== undefined && { passwordHash: await hashPassword(patch.password) }),
    ...(patch.role !== undefined && { role: patch.role }),
  };
  const changed = await unlessTaken(() => users.change(userId, change).exec());
  if (!changed) throw notFound('user');
  return changed;
}

async function refuseLastAdmin({ users }: Dependencies, userId: string): Promise<void> {
  if (!(await users.isLastAdmin(userId))) return;
  throw new Problem(409, 'last_admin', 'This is the last admin. Make somebody else one first.');
}

/**
 * Deletes a user: the person's data goes, the bookings stay for the accounts under an id that names nobody.
 * Refused while a booking still binds both sides (409 `user_has_bookings`): the ticket of an event to come, a refund, or
 * a seat that is offered from a queue would be out of its owner's reach. Queues are left first, once nothing else is in
 * the way, so that nobody who waits behind is kept waiting for an account that is gone.
 */
export async function deleteUser(dependencies: Dependencies, caller: Caller, userId: string): Promise<void> {
  const { users, bookings } = dependencies;
  const user = await readUser(dependencies, caller, userId);
  refuseBound(await bookings.binding(userId, namedBookings));
  if (user.role === 'admin') await refuseLastAdmin(dependencies, userId);
  refuseBound(await leaveAllQueues(dependencies, caller, userId));
  await users.anonymize(userId);
}

function refuseBound(bookingIds: string[]): void {
  if (bookingIds.length === 0) return;
  throw new Problem(
    409,
    'user_has_bookings',
    'There are unpaid bookings, tickets for events to come or refunds on their way. End these first.',
    { bookingIds },
  );
}
