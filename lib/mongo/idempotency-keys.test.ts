import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useDatabase } from '../../test/database.ts';
import { limits } from '../contracts/limits.ts';
import { newId } from '../ids.ts';
import { idempotencyKeysIn } from './idempotency-keys.ts';

for (const service of ['client-app', 'ticket-app'] as const) {
  describe(`the Idempotency-Keys of ${service}`, () => {
    const database = useDatabase(service);
    const call = (more: Record<string, unknown> = {}) => ({
      user: 'sari',
      route: 'POST /things',
      key: 'a-key-of-sari',
      wanted: { seat: 'A-1' },
      resultId: newId(),
      ...more,
    });

    it('name one result for all who come at once', async () => {
      const keys = idempotencyKeysIn(database());
      const ids = await Promise.all(Array.from({ length: 20 }, () => keys.claim(call({ key: 'of-twenty-calls' }))));
      expect(new Set(ids).size).to.equal(1);
    });

    it('are of one person and one route, and name nothing for another body', async () => {
      const keys = idempotencyKeysIn(database());
      const first = await keys.claim(call());
      expect(await keys.claim(call())).to.equal(first);
      expect(await keys.claim(call({ wanted: { seat: 'A-2' } }))).to.equal(undefined);
      expect(await keys.claim(call({ user: 'budi' }))).to.not.equal(first);
      expect(await keys.claim(call({ route: 'POST /others' }))).to.not.equal(first);
    });

    it('are remembered for a day', async () => {
      const indexes = await database().collection('idempotency_keys').indexes();
      const ttl = indexes.find(({ expireAfterSeconds }) => expireAfterSeconds !== undefined);
      expect(ttl).to.deep.include({ key: { createdAt: 1 }, expireAfterSeconds: limits.idempotencyKeyMs / 1_000 });
    });
  });
}
