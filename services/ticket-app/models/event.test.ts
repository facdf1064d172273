import { expect } from 'chai';
import { describe, it } from 'mocha';
import { comesFrom, eventLife, isOnSale } from './event.ts';

describe('the life of an event', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const before = new Date(now.getTime() - 1);
  const after = new Date(now.getTime() + 1);
  const onSale = { status: 'published', salesStartAt: now, salesEndAt: after } as const;

  it('sells from the start of its window to its end, published only', () => {
    expect(isOnSale(onSale, now)).to.equal(true);
    expect(isOnSale(onSale, before)).to.equal(false);
    expect(isOnSale(onSale, after)).to.equal(false);
    for (const status of ['draft', 'cancelled', 'ended'] as const) {
      expect(isOnSale({ ...onSale, status }, now), status).to.equal(false);
    }
  });

  it('sells nothing while it is being cancelled or removed, and goes on while seats are imported', () => {
    const work = { id: 'w', at: now } as const;
    expect(isOnSale({ ...onSale, work: { ...work, kind: 'close', to: 'removed' } }, now)).to.equal(false);
    expect(isOnSale({ ...onSale, work: { ...work, kind: 'import' } }, now)).to.equal(true);
  });

  it('never leads back, and ends in cancelled or ended', () => {
    expect(comesFrom('draft')).to.deep.equal([]);
    expect(comesFrom('published')).to.deep.equal(['draft']);
    expect(comesFrom('cancelled')).to.deep.equal(['draft', 'published']);
    expect(eventLife.cancelled).to.deep.equal([]);
    expect(eventLife.ended).to.deep.equal([]);
  });
});
