import type { Db } from 'mongodb';

const withoutStory = { eventId: 1, seatId: 1, active: 1, seq: 1 } as const;
/** Also tells who was ever offered the seat: `orderOfQueue` in the model, which its reads name. */
const withStory = { ...withoutStory, attempt: 1, status: 1 } as const;

async function exchange(db: Db, from: Record<string, 1>, to: Record<string, 1>): Promise<void> {
  const waiting = db.collection('waitlist_entries');
  await waiting.createIndex(to);
  const known = await waiting.indexes();
  const same = (key: object) => JSON.stringify(key) === JSON.stringify(from);
  for (const { name, key } of known) if (name !== undefined && same(key)) await waiting.dropIndex(name);
}

export const up = (db: Db): Promise<void> => exchange(db, withoutStory, withStory);
export const down = (db: Db): Promise<void> => exchange(db, withStory, withoutStory);
