// Hundreds of joins and leaves at one seat: nobody is lost, the order stays, and it costs no more with many than with few.
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { WaitlistEntryView } from '../../lib/contracts/waitlist.ts';
import { newId } from '../../lib/ids.ts';
import { seatWaitlistWorkflowId } from '../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import { entryAtTicketApp, queueOf } from './queue-stage.ts';
import { anEvent, booked, call, person } from './stage.ts';
import { chainOf, closeTemporal, costOf, runs } from './temporal-stage.ts';

const seatId = 'A-1-1';
const few = 5;
const full = 500;
/** So many leave and are followed by others; with the first and the last there are 850 joins and leaves, each. */
const churn = 350;

interface Queued {
  entryId: string;
  position: number;
}

describe('a queue that many join and leave', function () {
  this.timeout(240_000);
  let eventId: string;
  let workflowId: string;
  /** Who waits now, first come first. */
  let queue: Queued[] = [];
  const token = () => system().env.TICKET_APP_SERVICE_SECRETS;

  before(async () => {
    eventId = await anEvent();
    workflowId = seatWaitlistWorkflowId({ eventId, seatId });
    await booked(await person(), eventId, [seatId]);
  });
  after(async () => {
    await closeDatabases();
    await closeTemporal();
  });

  const ask = (entryId = newId()) =>
    call<WaitlistEntryView & { code?: string }>(`${system().urls.ticketApp}/waitlist-entries`, {
      token: token(),
      body: {
        entryId,
        customerId: newId(),
        customerName: 'Sri Wahyuni',
        eventId,
        seatId,
        joinBefore: new Date(Date.now() + 30_000).toISOString(),
      },
    });
  async function joins(): Promise<Queued> {
    const { status, body } = await ask();
    if (status !== 201 || body.position === undefined) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return { entryId: body.entryId, position: body.position };
  }
  async function leaves({ entryId }: Queued): Promise<void> {
    const path = `${system().urls.ticketApp}/waitlist-entries/${entryId}/leave`;
    const { status, body } = await call<WaitlistEntryView>(path, { token: token(), body: {} });
    if (status !== 200 || body.status !== 'LEFT') throw new Error(`${status}: ${JSON.stringify(body)}`);
  }
  /** Does it for each, a crowd at once. */
  async function atOnce<In, Out>(items: readonly In[], act: (item: In) => Promise<Out>): Promise<Out[]> {
    const results: Out[] = [];
    const going = items.entries();
    const lane = async () => {
      for (const [i, item] of going) results[i] = await act(item);
    };
    await Promise.all(Array.from({ length: 32 }, lane));
    return results;
  }
  const crowd = async (count: number) =>
    (await atOnce(Array.from({ length: count }), joins)).toSorted((a, b) => a.position - b.position);

  /** One after the other, so that no two share a workflow task. */
  async function costOfJoins(count: number) {
    const earlier = await costOf(workflowId);
    for (let i = 0; i < count; i++) queue.push(await joins());
    const later = await costOf(workflowId);
    return { events: later.events - earlier.events, tasks: later.tasks - earlier.tasks };
  }

  it('costs as much history with many waiting as with few', async () => {
    queue = await crowd(few);
    const withFew = await costOfJoins(5);
    queue.push(...(await crowd(200)));
    const withMany = await costOfJoins(5);
    console.log(`      5 joins: ${withFew.events} events, ${withFew.tasks} tasks with ${few} waiting;`);
    console.log(`      ${withMany.events} events, ${withMany.tasks} tasks with ${few + 205} waiting`);
    expect(withMany).to.deep.equal(withFew);
    // Its task (scheduled, started, completed), accepted, the step's marker, completed.
    expect(withFew.events).to.be.at.most(5 * 6);
    expect(withFew.tasks).to.be.at.most(5);
  });

  it('takes 500 and not one more, until somebody leaves', async () => {
    queue.push(...(await crowd(full - queue.length)));
    expect(queue.map(({ position }) => position)).to.deep.equal(Array.from({ length: full }, (_, i) => i + 1));
    const refused = await ask();
    expect([refused.status, refused.body.code]).to.deep.equal([409, 'waitlist_full']);
    await leaves(queue.splice(249, 1)[0]!);
    const last = await joins();
    expect(last.position).to.equal(full);
    queue.push(last);
  });

  it('keeps everybody and their order through continue-as-new', async () => {
    for (let gone = 1; gone < churn; ) {
      const leaving = queue.filter((_, i) => i % 2 === 0).slice(0, churn - gone);
      await atOnce(leaving, leaves);
      gone += leaving.length;
      queue = queue.filter((entry) => !leaving.includes(entry));
      queue.push(...(await crowd(leaving.length)));
    }
    const shown = await queueOf(eventId, seatId);
    expect(shown.map(({ position }) => position)).to.deep.equal(Array.from({ length: full }, (_, i) => i + 1));
    expect(shown.map(({ entryId }) => entryId)).to.deep.equal(queue.map(({ entryId }) => entryId));
    const chain = await chainOf(workflowId);
    console.log(`      ${chain.length} runs`);
    expect(chain.length).to.be.at.least(2);
    const costs = await Promise.all(chain.map((runId) => costOf(workflowId, runId)));
    // Temporal ends a run at 51,200 events, and at 2,000 updates.
    for (const { events } of costs) expect(events).to.be.at.most(10_000);
  });

  it('costs nothing any more when the last has left', async () => {
    await atOnce(queue, leaves);
    expect(await queueOf(eventId, seatId)).to.deep.equal([]);
    await waitUntil('its workflow to end', async () => !(await runs(workflowId)));
    expect((await entryAtTicketApp(queue[0]!.entryId)).status).to.equal('LEFT');
  });
});
