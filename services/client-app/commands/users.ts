import { versionMismatch } from '../../../lib/http/conditional.ts';
import { idempotencyKeyReused } from '../../../lib/http/idempotency-key.ts';
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

export interface Registration {
  name: string;
  email: string;
  password: string;
}

/** Nobody is signed in who could own the key; it is the body that tells one person's from another's. */
const anonymous = 'anyone';

/** The account that this key has made or is to make. Throws 422 `idempotency_key_reused`. */
async function userIdByKey({ keys, digest }: Dependencies, key: string, person: Registration): Promise<string> {
  const { name, email, password } = person;
  const wanted = { name, email, password: digest('registration', password) };
  const userId = await keys.claim({ user: anonymous, route: 'POST /users', key, wanted, resultId: newId() });
  if (userId === undefined) throw idempotencyKeyReused();
  return userId;
}

/**
 * Registers a buyer; a repeat with the same key finds the account that the first one made. Throws 409 `email_taken`,
 * 422 `idempotency_key_reused`, 429 `too_many_attempts`.
 */
export async function registerUser(
  dependencies: Dependencies,
  person: Registration,
  { ip, key }: { ip: string; key: string | undefined },
): Promise<User> {
  const { users, attempts } = dependencies;
  await attempts.registration(ip);
  const _id = key === undefined ? newId() : await userIdByKey(dependencies, key, person);
  const made = key === undefined ? null : await users.find(_id);
  if (made) return made;
  const { name, email, password } = person;
  const row = { _id, name: name.trim(), email, passwordHash: await hashPassword(password), role: 'buyer' } as const;
  try {
    return await users.insert(row);
  } catch (error) {
    // Two of one key at once: both have the same id.
    const others = isDuplicateKey(error) ? await users.find(_id) : undefined;
    if (others) return others;
    throw isDuplicateKey(error) ? emailTaken() : error;
  }
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

const wrongPassword = () =>
  new Problem(403, 'wrong_password', 'body.currentPassword is not your password.', { field: 'body.currentPassword' });

/** What a stolen access token must not be enough for: taking the account over, or guessing until it can be. */
async function provesItself({ attempts }: Dependencies, user: User, patch: UserPatch): Promise<void> {
  if (patch.currentPassword === undefined) {
    throw new Problem(400, 'current_password_required', 'body.currentPassword is required to change this.', {
      field: 'body.currentPassword',
    });
  }
  const attempt = await attempts.proof(user._id);
  if (!(await passwordFits(patch.currentPassword, user.passwordHash))) throw wrongPassword();
  await attempt.succeeded();
}

/**
 * Changes a user: of any version, or of the one that is given (412 `version_mismatch`). People prove themselves by their
 * password for address and password, and it must still be theirs when the change is written; only admins change roles. Another password ends all sessions but the one in which it
 * is changed. Another role ends none: client-app goes by the account's present one, ticket-app by that of the access
 * token, for as long as it is good.
 */
export async function changeUser(
  dependencies: Dependencies,
  caller: Caller,
  { userId, patch, version }: { userId: string; patch: UserPatch; version: number | undefined },
): Promise<User> {
  const { users, sessions } = dependencies;
  const user = await readUser(dependencies, caller, userId);
  if (patch.role !== undefined && caller.role !== 'admin') {
    throw new Problem(403, 'forbidden', 'Only an admin changes roles.', { field: 'body.role' });
  }
  if (version !== undefined && version !== user.version) throw versionMismatch(user.version);
  const takesPassword = patch.email !== undefined || patch.password !== undefined;
  const isProven = takesPassword && caller.userId === userId;
  if (isProven) await provesItself(dependencies, user, patch);
  if (patch.role !== undefined && patch.role !== 'admin' && user.role === 'admin') {
    await refuseLastAdmin(dependencies, userId);
  }
  const change: UserChange = {
    ...(patch.name !== undefined && { name: patch.name.trim() }),
    ...(patch.email !== undefined && { email: patch.email }),
    ...(patch.password !== undefined && { passwordHash: await hashPassword(patch.password) }),
    ...(patch.role !== undefined && { role: patch.role }),
  };
  const { passwordVersion } = user;
  // Of two who know a password, and one of whom puts another in its place, the other changes nothing by it any more.
  const versions = {
    ...(version !== undefined && { version }),
    ...((isProven || patch.password !== undefined) && { passwordVersion }),
  };
  const changed = await unlessTaken(() => users.change(userId, change, versions).exec());
  if (!changed) throw await whyNotChanged(dependencies, user, isProven);
  if (change.passwordHash !== undefined) {
    // The others have ended with the change itself, since they are of the earlier password; their rows go after it.
    if (caller.userId === userId) await sessions.keepOver(caller.sessionId, changed.passwordVersion);
    await sessions.endEarlier(userId, changed.passwordVersion);
  }
  return changed;
}

/** Somebody was first: with another change, or by deleting the account. */
async function whyNotChanged({ users }: Dependencies, read: User, isProven: boolean): Promise<Problem> {
  const present = await users.find(read._id);
  if (!present) return notFound('user');
  if (isProven && present.passwordVersion !== read.passwordVersion) return wrongPassword();
  return versionMismatch(present.version);
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
  const { users, sessions, bookings } = dependencies;
  const user = await readUser(dependencies, caller, userId);
  refuseBound(await bookings.binding(userId, namedBookings));
  if (user.role === 'admin') await refuseLastAdmin(dependencies, userId);
  refuseBound(await leaveAllQueues(dependencies, caller, userId));
  await users.anonymize(userId);
  await sessions.endAll(userId);
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
