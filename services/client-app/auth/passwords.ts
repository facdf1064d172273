import { hash, verify } from '@node-rs/argon2';
import { Counter } from 'prom-client';

/**
 * OWASP's first choice for argon2id (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane; about 20 ms here.
 * argon2id is the package's default algorithm; naming it would need a const enum, which erasable syntax rules out.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The same password typed on two keyboards is the same code points (NIST SP 800-63B, 5.1.1.2). */
const normalized = (password: string) => password.normalize('NFKC');

export const hashPassword = (password: string): Promise<string> => hash(normalized(password), cost);

/** Most of client-app's work at rush hours. Attempts for unknown addresses count too, since they cost as much. */
export const passwordVerifications = new Counter({
  name: 'kursi_password_verifications_total',
  help: 'Passwords that were compared with a hash',
  registers: [],
});

let nobodys: Promise<string> | undefined;

/**
 * Tells whether a password fits. Without a hash (an unknown address) it takes as long as with one,
 * so that the time of an answer does not tell whether an address is registered.
 */
export async function passwordFits(password: string, passwordHash: string | undefined): Promise<boolean> {
  nobodys ??= hashPassword('nobody has this password');
  passwordVerifications.inc();
  const fits = await verify(passwordHash ?? (await nobodys), normalized(password));
  return fits && passwordHash !== undefined;
}
