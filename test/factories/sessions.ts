import { newId } from '../../lib/ids.ts';
import type { Session } from '../../services/client-app/models/sessions.ts';

const hourMs = 3_600_000;

/** A session under the first password of an account, whose refresh token nobody has. */
export function someSession(userId: string): Session {
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 12 * hourMs);
  const times = { createdAt: now, lastUsedAt: now, expiresAt, endsAt: expiresAt };
  return { _id: newId(), userId, passwordVersion: 1, secretHash: 'of no token', ...times };
}
