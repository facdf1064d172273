import { expect } from 'chai';
import { describe, it } from 'mocha';
import { createLogger } from '../../../lib/logging/logger.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { startSweeps } from './sweep.ts';

describe('the sweeps of ticket-app', () => {
  const log = createLogger('ticket-app', 'silent');

  it('are done beside one another: neither a failing nor a slow one holds up the others', async () => {
    const swept: string[] = [];
    let finish = () => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const sweeping = startSweeps(
      {
        failing: () => Promise.reject(new Error('The database is away.')),
        slow: () => slow,
        good: async () => void swept.push('good'),
      },
      log,
    );
    await waitUntil('the good one', async () => swept.includes('good'));
    let stopped = false;
    const stopping = sweeping.stop().then(() => {
      stopped = true;
    });
    await Promise.resolve();
    expect(stopped).to.equal(false);
    finish();
    await stopping;
  });
});
