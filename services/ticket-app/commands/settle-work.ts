import { limits } from '../../../lib/contracts/limits.ts';
import type { Event, EventWork } from '../models/event.ts';
import type { EventLedger } from '../models/event-ledger.ts';
import type { CloseEvent } from './close-event.ts';
import type { ImportSeats } from './import-seats.ts';
import type { PriceList } from './price-list.ts';

interface Dependencies {
  events: EventLedger;
  imports: ImportSeats;
  closing: CloseEvent;
  prices: PriceList;
}

/** A close takes well under a second; one this old has lost its process. */
const closeSilenceMs = 30_000;
const sweepBatch = 100;

export type SettleWork = ReturnType<typeof createSettleWork>;

/** Carries to its end what a killed process left on an event, and tells readers when they may believe what they read. */
export function createSettleWork({ events, imports, closing, prices }: Dependencies) {
  const hasTakenEffect = async (work: EventWork): Promise<boolean> => {
    const status = (await imports.find(work.id))?.status;
    return status === 'committed' || status === 'done';
  };

  /** The event as it is once a committed import of it, if there is one, is complete. */
  async function importOf(eventId: string): Promise<Event | null> {
    const event = await events.find(eventId);
    if (event?.work?.kind !== 'import') return event;
    const record = await imports.find(event.work.id);
    if (record?.status !== 'committed' && record?.status !== 'done') return event;
    await imports.finish(record);
    return events.find(eventId);
  }

  /** Tells whether no import took effect since `before` was read. */
  async function isAsItWas(before: Event): Promise<boolean> {
    if (before.work?.kind === 'import' && (await hasTakenEffect(before.work))) return false;
    const after = await events.find(before._id);
    return after === null || after.imports === before.imports;
  }

  async function settle(event: Event, now: Date): Promise<void> {
    const { work } = event;
    if (work?.kind === 'close') {
      if (now.getTime() - work.at.getTime() > closeSilenceMs) await closing.carryOut(event._id, work);
      return;
    }
    if (work?.kind !== 'import') return;
    const record = await imports.find(work.id);
    if (!record) return events.endWork(event._id, work.id);
    if (record.status === 'committed' || record.status === 'done') return imports.finish(record);
    const silentMs = now.getTime() - record.aliveAt.getTime();
    if (record.status === 'abandoned' || silentMs > limits.importSilenceMs) await imports.abandon(record);
  }

  /** Finishes or gives up what nobody came back for, and ends the events that are over (K-3). */
  async function sweep(now: Date): Promise<void> {
    for (const event of await events.unfinished(now, sweepBatch)) await settle(event, now);
    for (const record of await imports.silent(new Date(now.getTime() - limits.importSilenceMs), sweepBatch)) {
      if (record.status === 'staging' || record.status === 'abandoned') await imports.abandon(record);
      else await imports.finish(record);
    }
    await prices.sweep(now);
    await events.endPast(now);
  }

  return { importOf, isAsItWas, sweep };
}
