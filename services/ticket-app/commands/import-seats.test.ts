import { expect } from 'chai';
import { describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { useDatabase } from '../../../test/database.ts';
import { storedEvent } from '../../../test/factories/events.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { createEventLedger, type EventLedger } from '../models/event-ledger.ts';
import { createSeatImports } from '../models/seat-imports.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { createSeatCounts } from './count-seats.ts';
import { createImportSeats } from './import-seats.ts';
import { createPriceList } from './price-list.ts';
import { seatsThatExist } from './seats-that-exist.ts';

describe('an import of seats under a key whose first call ends at the worst moment', () => {
  const database = useDatabase('ticket-app');

  it('is that import: it looked for it too early, and took the event only after it', async () => {
    const events = createEventLedger(database());
    const imports = (ledger: EventLedger) =>
      createImportSeats({
        imports: createSeatImports(database()),
        events: ledger,
        seats: createSeatLedger(database()),
        exist: seatsThatExist(database()),
        prices: createPriceList(database(), events),
        counter: createSeatCounts(database()),
      });
    const eventId = newId();
    await events.insert(storedEvent({ _id: eventId }));
    const call = { eventId, viewer: { kind: 'admin' }, key: newId() } as const;
    const rows = [{ rows: someSeats(3).map((seat, at) => ({ at, seat })), faults: [] }];
    const first = imports(events).run;
    let ofFirst: unknown;
    const late = imports({
      ...events,
      async beginWork(...work) {
        ofFirst = await first(call, rows);
        return events.beginWork(...work);
      },
    });
    expect(await late.run(call, rows)).to.deep.equal(ofFirst);
    expect((await events.find(eventId))?.work).to.equal(undefined);
  });
});
