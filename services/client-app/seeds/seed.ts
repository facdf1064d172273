import type { Connection } from 'mongoose';
import type { Role } from '../../../lib/auth/access-token.ts';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { hashPassword } from '../auth/passwords.ts';
import { usersIn } from '../models/users.ts';

/** For trying things out only: everybody who is seeded has this password. */
const password = 'kursi-demo-2026';

interface SeededPerson {
  /** Where another service's seeds name them; the others have ids by their place in the list. */
  userId?: string;
  name: string;
  email: string;
  role?: Role;
}

const people: readonly SeededPerson[] = [
  { name: 'Nusa Wijayanti', email: 'admin@example.com', role: 'admin' },
  { name: 'Ayu Lestari', email: 'ayu@example.com' },
  { name: 'Bagus Pratama', email: 'bagus@example.com' },
  { name: 'Citra Maharani', email: 'citra@example.com' },
  { name: 'Dewi Anggraini', email: 'dewi@example.com' },
  { name: 'Eko Saputra', email: 'eko@example.com' },
  { name: 'Fitri Handayani', email: 'fitri@example.com' },
  { name: 'Gilang Ramadhan', email: 'gilang@example.com' },
  { name: 'Hesti Purwanti', email: 'hesti@example.com' },
  { name: 'I Made Suardana', email: 'made@example.com' },
  { name: 'Joko Susilo', email: 'joko@example.com' },
  { name: 'Kartika Simanjuntak', email: 'kartika@example.com' },
  { name: 'Luhut Nainggolan', email: 'luhut@example.com' },
  // ticket-app's seeded events are theirs, by these ids.
  { userId: 'organizer-nada', name: 'Nada Kusumawardani', email: 'nada@example.com', role: 'organizer' },
  { userId: 'organizer-panggung', name: 'Panggung Wicaksono', email: 'panggung@example.com', role: 'organizer' },
];

/** Fixed ids, so that a second run finds its own. */
const idOf = (index: number) => `01900000-0000-7000-8000-${String(index + 1).padStart(12, '0')}`;

/** Puts in the users that are missing and changes none that is there, changed or deleted ones included. May be repeated. */
export async function seed(connection: Connection): Promise<void> {
  const users = usersIn(connection);
  const passwordHash = await hashPassword(password);
  for (const [index, { userId = idOf(index), name, email, role = 'buyer' }] of people.entries()) {
    try {
      await users.insert({ _id: userId, name, email, role, passwordHash });
    } catch (error) {
      // The id or the address is in use: it was seeded before, or somebody has registered with it.
      if (!isDuplicateKey(error)) throw error;
    }
  }
}
