import type { Connection } from 'mongoose';
import { limits } from '../../../lib/contracts/limits.ts';
import { networkOf } from '../../../lib/http/network-of.ts';
import { Problem } from '../../../lib/http/problem.ts';
import type { Digest } from '../auth/digests.ts';
import { attemptsIn, type Wait } from '../models/attempts.ts';
import { emailKeyOf } from '../models/users.ts';

function refuse(wait: Wait): void {
  if (wait === undefined) return;
  const seconds = Math.max(1, Math.ceil(wait / 1000));
  const detail = `There were too many attempts. Wait ${seconds} seconds.`;
  throw new Problem(429, 'too_many_attempts', detail, {}, { 'Retry-After': String(seconds) });
}

/** One attempt to give a password, that was let through; it has failed until it is said to have succeeded. */
export interface Attempt {
  succeeded(): Promise<void>;
}

export interface AttemptGuard {
  /** Throws 429 `too_many_attempts`. Whether somebody is registered with the address makes no difference. */
  signIn(email: string, ip: string): Promise<Attempt>;
  /** Throws 429 `too_many_attempts`, wherever the attempts on this account come from. */
  proof(userId: string): Promise<Attempt>;
  registration(ip: string): Promise<void>;
}

export interface AttemptLimits {
  signInFailuresPerIp: number;
  registrationsPerIp: number;
}

/**
 * What guessing passwords runs into. Failures are counted by three keys: an e-mail address from one IP address, an IP address,
 * and an e-mail address from anywhere. The last one stops who guesses from many places, but not from where its owner has
 * signed in before, so that nobody is locked out by others. Each count begins anew after its window, and a success ends
 * those of the e-mail address.
 */
export function createAttemptGuard(connection: Connection, digest: Digest, given: AttemptLimits): AttemptGuard {
  const { signInPairWindowMs, attemptsWindowMs, knownPlaceMs } = limits;
  const pairs = attemptsIn(connection, 'pair', { points: limits.signInFailuresPerPair, windowMs: signInPairWindowMs });
  const emails = attemptsIn(connection, 'email', {
    points: limits.signInFailuresPerEmail,
    windowMs: attemptsWindowMs,
  });
  const ips = attemptsIn(connection, 'ip', { points: given.signInFailuresPerIp, windowMs: attemptsWindowMs });
  const places = attemptsIn(connection, 'place', { points: 1, windowMs: knownPlaceMs });
  const proofs = attemptsIn(connection, 'proof', {
    points: limits.signInFailuresPerPair,
    windowMs: signInPairWindowMs,
  });
  const registrations = attemptsIn(connection, 'registration', {
    points: given.registrationsPerIp,
    windowMs: attemptsWindowMs,
  });
  return {
    async signIn(address, from) {
      const [ip, email] = [digest('ip', networkOf(from)), digest('email', emailKeyOf(address))];
      const pair = digest('pair', `${email} ${ip}`);
      // All are counted before the password is looked at, so that of many at once no more than are allowed are. What was no
      // failure is given back to the IP address, behind which there are others.
      const tooMany = (await ips.take(ip)) ?? (await pairs.take(pair));
      const wait = tooMany ?? ((await places.has(pair)) ? undefined : await emails.take(email));
      if (wait !== undefined) await ips.giveBack(ip);
      refuse(wait);
      return {
        async succeeded() {
          await Promise.all([ips.giveBack(ip), pairs.forget(pair), emails.forget(email), places.renew(pair)]);
        },
      };
    },
    async proof(userId) {
      const account = digest('proof', userId);
      refuse(await proofs.take(account));
      return { succeeded: () => proofs.forget(account) };
    },
    async registration(from) {
      refuse(await registrations.take(digest('ip', networkOf(from))));
    },
  };
}
