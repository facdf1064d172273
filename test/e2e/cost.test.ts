import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { temporalClient } from '../../temporal/connection.ts';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { anEvent, booked, closeDatabases, pay, person, untilStatus } from './stage.ts';

describe('the cost of a happy booking', () => {
  after(closeDatabases);

  it('is at most 44 history events and 6 workflow tasks', async () => {
    const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = system().env;
    const client = temporalClient({ TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE });
    const buyer = await person();
    const booking = await booked(buyer, await anEvent(), ['A-1-1', 'A-1-2']);
    await pay(booking.paymentUrl, 'test_success');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED');
    const handle = client.workflow.getHandle(bookingWorkflowId(booking.bookingId));
    await waitUntil('the workflow to end', async () => (await handle.describe()).status.name === 'COMPLETED');
    const { events } = await handle.fetchHistory();
    const kinds = (events ?? []).map((event) => Object.keys(event).find((key) => key.endsWith('EventAttributes')));
    const tasks = kinds.filter((kind) => kind === 'workflowTaskCompletedEventAttributes').length;
    console.log(`      ${kinds.length} history events, ${tasks} workflow tasks`);
    expect(kinds.length).to.be.at.most(44);
    expect(tasks).to.be.at.most(6);
    await client.connection.close();
  });
});
