import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { kinds } from '../../scripts/audit/kinds/kinds.ts';
import { auditAndMend } from '../../scripts/audit/mended-audit.ts';
import { mend } from '../../scripts/audit/remedies.ts';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { orphanedSaleWorkflowId } from '../../workflows/booking/orphaned-sale.messages.ts';
import { damages, harming } from './audit-damage.ts';
import { type AuditStage, auditStage, mendAll, type World, worlds } from './audit-stage.ts';
import { closeDatabases } from './databases.ts';
import { atTicketApp, bookingOf, pay, seatsOf } from './stage.ts';
import { closeTemporal, temporal, wasStarted } from './temporal-stage.ts';

/** Everything is at rest before anything is damaged. */
const settleMs = 1;
/** In audit-caution.test.ts; mended only together with another kind, or where a step failed that cannot fail here. */
const elsewhere = ['end_unheard', 'refund_untold', 'waits_for_open', 'offered_to_nobody'];

describe('npm run audit -- --fix', function () {
  this.timeout(90_000);
  let stage: AuditStage;

  before(async () => {
    stage = await auditStage();
  });
  after(async () => {
    await closeTemporal();
    await closeDatabases();
  });

  const atRest = async (name: keyof typeof worlds): Promise<World> => {
    const world = await worlds[name]();
    await stage.untilClean(world);
    return world;
  };
  const kindsIn = async (world: World) => (await stage.look(world)).violations.map(({ kind }) => kind);

  for (const [kind, name, harm] of damages) {
    it(`mends ${kind}, and finds nothing after that`, async () => {
      const world = await atRest(name);
      await harm({ ...world, ...harming(stage) });
      expect(await kindsIn(world)).to.include(kind);
      const answers = await mendAll(stage, world);
      expect(answers).to.have.length.greaterThan(0);
      expect(answers.filter((answer) => answer.startsWith('refused'))).to.deep.equal([]);
      await stage.untilClean(world);
    });
  }

  it('is tried for every kind that it is said to mend', () => {
    const mended = Object.entries(kinds).flatMap(([kind, { fix }]) => (fix === undefined ? [] : [kind]));
    const tried = damages.map(([kind]) => kind as string);
    expect([...new Set([...tried, ...elsewhere])].toSorted()).to.deep.equal(mended.toSorted());
  });

  it('leaves alone what would move money or take a seat, and says so', async () => {
    const world = await atRest('sold');
    const { bookingId, eventId } = world;
    const { seat, invoice } = harming(stage);
    // Its seat is given to nobody, and money is said to go back.
    await seat(eventId, { $set: { status: 'OPEN', holder: null } } as object);
    await invoice(bookingId, {
      $set: { refund: { refundId: bookingId, amount: 1, triesMade: 0, tries: [] } },
    } as object);
    const audience = { ...stage.tools, eventIds: [eventId] };
    const told: string[] = [];
    const { violations, fixed } = await auditAndMend(audience, settleMs, (_, did) => told.push(did));
    expect(fixed).to.deep.equal([]);
    expect(violations.map(({ kind }) => kind)).to.include.members(['seat_not_theirs', 'ticket_and_refund']);
    for (const { help, cause } of violations) expect([help, cause].every((text) => text.length > 20)).to.equal(true);
    expect(violations.filter(({ kind }) => kind === 'refund_untold').map(({ refused }) => refused)).to.deep.equal([
      'the booking is CONFIRMED, and keeps what it has',
    ]);
    expect((await seatsOf(eventId))['A-1-1']?.status).to.equal('OPEN');
    const paid = await stage.databases['payment-app']
      .collection<{ _id: string }>('invoices')
      .findOne({ _id: bookingId });
    expect(paid).to.include({ status: 'PAID' });
  });

  it('finishes no sale without its money, its ticket or its seats', async () => {
    const world = await atRest('sold');
    const { bookingId, eventId } = world;
    const { booking, invoice, seat, ticket } = harming(stage);
    await booking(bookingId, {
      $set: { status: 'AWAITING_PAYMENT' },
      $pull: { timeline: { step: 'confirmed' } },
    } as object);
    const finish = () => mend('finish_sale', { bookingId }, stage.tools);
    await seat(eventId, { $set: { 'holder.bookingId': 'another' } } as object);
    expect(await finish())
      .to.have.property('refused')
      .that.includes('it has lost A-1-1');
    await ticket(bookingId, { $set: { status: 'REVOKED' } } as object);
    expect(await finish()).to.deep.equal({ refused: 'it has no valid ticket' });
    await invoice(bookingId, { $set: { status: 'VOIDED' } } as object);
    expect(await finish()).to.deep.equal({ refused: 'the payment app has no money of it' });
    expect(await wasStarted(orphanedSaleWorkflowId(bookingId))).to.equal(false);
  });

  it('does not release what was paid while its workflow was gone', async () => {
    const world = await atRest('unpaid');
    const { bookingId, buyer } = world;
    const { paymentUrl = '' } = (await bookingOf(buyer, bookingId)).body.invoice ?? {};
    await temporal().workflow.getHandle(bookingWorkflowId(bookingId)).terminate('by hand');
    await pay(paymentUrl, 'test_slow_success', { delayMs: 10_000 });
    const { booking } = harming(stage);
    await booking(bookingId, { $set: { expiresAt: new Date(Date.now() - 60_000) } } as object);
    expect(await kindsIn(world)).to.include('overdue_alone');
    expect(await mendAll(stage, world)).to.include('refused: ticket-app did not: being_paid, refused');
    expect((await atTicketApp(bookingId)).body.status).to.equal('AWAITING_PAYMENT');
  });

  it('tells what was mended and audits again', async () => {
    const world = await atRest('sold');
    const { copy, seat } = harming(stage);
    await copy(world.bookingId, { $set: { ticketFile: null } } as object);
    await seat(world.eventId, { $set: { 'holder.customerId': 'somebody' } } as object);
    const told: string[] = [];
    const audience = { ...stage.tools, eventIds: [world.eventId] };
    const { violations, fixed } = await auditAndMend(audience, settleMs, ({ kind }, did) =>
      told.push(`${kind}: ${did}`),
    );
    expect(fixed.map(({ kind, did }) => [kind, did])).to.deep.equal([
      ['ticket_not_fetched', 'had client-app ask about the booking: same'],
    ]);
    expect(told).to.have.length(1);
    expect(violations.map(({ kind }) => kind)).to.deep.equal(['holder_is_another']);
  });
});
