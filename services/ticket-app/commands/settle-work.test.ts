import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { storedEvent } from '../../../test/factories/events.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import type { Event } from '../models/event.ts';
import { createEventLedger, type EventLedger } from '../models/event-ledger.ts';
import { createSeatImports } from '../models/seat-imports.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { createCancellationProgress } from './cancellation-progress.ts';
import { createCloseEvent } from './close-event.ts';
import { createSeatCounts } from './count-seats.ts';
import { createImportSeats, type ImportSeats, type SeatRows } from './import-seats.ts';
import { createPriceList } from './price-list.ts';
import { seatsThatExist } from './seats-that-exist.ts';
import { createSettleWork, type SettleWork } from './settle-work.ts';

describe('what readers of seats may believe while an import is under way', () => {
  const database = useDatabase('ticket-app');
  let events: EventLedger;
  let imports: ImportSeats;
  let settle: SettleWork;
  let eventId: string;

  const read = async (): Promise<Event> => {
    const event = await settle.importOf(eventId);
    if (!event) throw new Error('The event is gone.');
    return event;
  };
  const rows: SeatRows = { rows: someSeats(3).map((seat, at) => ({ at, seat })), faults: [] };

  beforeEach(async () => {
    const connection = database();
    const seats = createSeatLedger(connection);
    const counter = createSeatCounts(connection);
    events = createEventLedger(connection);
    const exist = seatsThatExist(connection);
    const prices = createPriceList(connection, events);
    imports = createImportSeats({ imports: createSeatImports(connection), events, seats, exist, prices, counter });
    const closing = createCloseEvent(connection, {
      events,
      seats,
      counter,
      progress: createCancellationProgress(connection, events),
      // Nothing is cancelled here.
      startCancellation: async () => undefined,
    });
    settle = createSettleWork({ events, imports, closing, prices });
    eventId = newId();
    await events.insert(storedEvent({ _id: eventId, status: 'draft', prices: [] }));
  });

  /** Imports three seats, or fails on purpose; tells how the event read while rows were being staged. */
  async function readDuring(faults: SeatRows['faults']): Promise<Event> {
    let during: Event | undefined;
    async function* batches(): AsyncGenerator<SeatRows> {
      yield rows;
      during = await read();
      expect(await settle.isAsItWas(during), 'while rows are staged').to.equal(true);
      yield { rows: [], faults };
    }
    await imports.run({ eventId, viewer: { kind: 'admin' } }, batches());
    if (!during) throw new Error('The import read no second batch.');
    return during;
  }

  it('has a reader read again who began before an import, or while its rows were staged', async () => {
    const before = await read();
    expect(await settle.isAsItWas(before)).to.equal(true);
    const during = await readDuring([]);
    expect(during.work?.kind).to.equal('import');
    expect(await settle.isAsItWas(before)).to.equal(false);
    expect(await settle.isAsItWas(during)).to.equal(false);
    expect(await settle.isAsItWas(await read())).to.equal(true);
  });

  it('does not for an import that was refused', async () => {
    const during = await readDuring([{ at: 9, field: 'price', message: 'is bad', rule: 'invalid' }]);
    expect(await settle.isAsItWas(during)).to.equal(true);
  });
});
