import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Registry } from 'prom-client';
import { useDatabase } from '../../test/database.ts';
import { createLogger } from '../logging/logger.ts';
import { leasesOn } from './leases.ts';
import { measureOutboxes } from './outbox-metrics.ts';

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);

describe('the metrics of an outbox', () => {
  const database = useDatabase('ticket-app');
  const scraped = async (registry: Registry) =>
    Object.fromEntries(
      (await registry.getMetricsAsJSON()).map(({ name, values }) => [
        name.replace('kursi_outbox_', ''),
        Object.fromEntries(values.map(({ labels, value }) => [labels.outbox, value])),
      ]),
    );

  it('count what waits and what is due, each piece in a list by itself, and tell how late the oldest is', async () => {
    const collection = database().collection<{ _id: string }>('things');
    await collection.insertMany([
      { _id: 'late', refund: { nextAttemptAt: ago(90) }, letters: [{}, { nextAttemptAt: ago(30) }] },
      {
        _id: 'later',
        refund: { nextAttemptAt: ago(-60) },
        letters: [{ nextAttemptAt: ago(-60) }, { nextAttemptAt: ago(600) }],
      },
      { _id: 'done', refund: {}, letters: [{}] },
    ] as never[]);
    const registry = new Registry();
    measureOutboxes(registry, createLogger('test', 'silent'), {
      refunds: leasesOn({ collection: collection as never, path: 'refund' }),
      letters: leasesOn({ collection: collection as never, path: 'letters', list: true }),
    });
    const { items, due_items: due, oldest_due_age_seconds: age } = await scraped(registry);
    expect(items).to.deep.equal({ refunds: 2, letters: 3 });
    expect(due).to.deep.equal({ refunds: 1, letters: 2 });
    expect(age?.refunds).to.be.within(90, 120);
    expect(age?.letters).to.be.within(600, 630);
  });

  it('are left out while they cannot be read', async () => {
    const registry = new Registry();
    const away = { overview: () => Promise.reject(new Error('The database is away.')) };
    measureOutboxes(registry, createLogger('test', 'silent'), { away });
    expect(await scraped(registry)).to.deep.equal({ items: {}, due_items: {}, oldest_due_age_seconds: {} });
  });
});
