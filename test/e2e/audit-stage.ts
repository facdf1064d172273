// What tests of `npm run audit -- --fix` do: events of the running system that are at rest, and the audit of each.
import { createPrivateKey } from 'node:crypto';
import { type Audited, type AuditScope, audit } from '../../scripts/audit/audit.ts';
import type { Databases } from '../../scripts/audit/records.ts';
import { mend, type Tools } from '../../scripts/audit/remedies.ts';
import { createRestorePdf } from '../../scripts/audit/restore-pdf.ts';
import { inTemporal } from '../../scripts/audit/settled-audit.ts';
import { createServices } from '../../scripts/kursi/services.ts';
import { readSettings } from '../../scripts/kursi/settings.ts';
import { system } from '../engines.ts';
import { theDatabases } from '../race/rest.ts';
import { waitUntil } from '../wait-until.ts';
import { confirmed } from './cancellation-stage.ts';
import { cancel, joined, offerTo, untilEntryIs } from './queue-stage.ts';
import { anEvent, booked, bookingOf, type Person, person } from './stage.ts';
import { temporal } from './temporal-stage.ts';

/** An event at rest, and who and what is in it. */
export interface World {
  eventId: string;
  buyer: Person;
  bookingId: string;
  entryId: string;
}

const seatId = 'A-1-1';
const recoveryMs = 60_000;

/** Ways in which an event can be at rest. */
export const worlds = {
  async unpaid(): Promise<World> {
    const [eventId, buyer] = [await anEvent(), await person()];
    return { eventId, buyer, entryId: '', bookingId: (await booked(buyer, eventId, [seatId])).bookingId };
  },
  async cancelled(): Promise<World> {
    const world = await worlds.unpaid();
    await cancel(world.buyer, world.bookingId);
    return world;
  },
  async sold(): Promise<World> {
    const [eventId, buyer] = [await anEvent(), await person()];
    return { eventId, buyer, entryId: '', bookingId: (await confirmed(buyer, eventId)).bookingId };
  },
  async refunded(): Promise<World> {
    const world = await worlds.sold();
    await cancel(world.buyer, world.bookingId);
    const isBack = async () => (await bookingOf(world.buyer, world.bookingId)).body.refund?.status === 'succeeded';
    await waitUntil('the money to be back', isBack, recoveryMs);
    return world;
  },
  /** Somebody has the seat, unpaid, and one person waits. */
  async queue(): Promise<World> {
    const world = await worlds.unpaid();
    return { ...world, entryId: (await joined(await person(), world.eventId, seatId)).entryId };
  },
  /** Nobody waits any more: the one who did declined the offer, and the seat is free. */
  async declined(): Promise<World> {
    const world = await worlds.unpaid();
    const waiting = await person();
    const { entryId } = await joined(waiting, world.eventId, seatId);
    await cancel(world.buyer, world.bookingId);
    const { bookingId } = await offerTo(waiting, entryId);
    await cancel(waiting, bookingId);
    await untilEntryIs(entryId, 'DECLINED');
    return { ...world, buyer: waiting, bookingId, entryId };
  },
} as const;

export interface AuditStage {
  databases: Databases;
  tools: Tools;
  look(world: World): Promise<Audited>;
  untilClean(world: World): Promise<void>;
}

export async function auditStage(): Promise<AuditStage> {
  const databases = await theDatabases();
  const key = createPrivateKey(system().env.TICKET_SIGNING_PRIVATE_KEY ?? '');
  const tools: Tools = {
    databases,
    temporal: temporal(),
    services: createServices(readSettings({ KURSI_DIR: system().dir })),
    restorePdf: createRestorePdf(databases['ticket-app'], key),
  };
  /** As if nothing moved any more. */
  const look = async ({ eventId }: World, scope: AuditScope = {}) =>
    audit(databases, { ...(await inTemporal(temporal())), eventIds: [eventId], ...scope });
  return {
    databases,
    tools,
    look,
    async untilClean(world) {
      let last = '';
      const isClean = async () => {
        const { violations } = await look(world);
        last = violations.map(({ kind, what }) => `${kind}: ${what}`).join('\n');
        return violations.length === 0;
      };
      await waitUntil('nothing to disagree', isClean, recoveryMs).catch(() => {
        throw new Error(`It still disagrees:\n${last}`);
      });
    },
  };
}

/** Mends whatever of it is safe to mend, and tells what was said of each. */
export async function mendAll({ tools, look }: AuditStage, world: World): Promise<string[]> {
  const answers: string[] = [];
  for (const { fix, subject } of (await look(world)).violations) {
    if (fix === undefined) continue;
    const answer = await mend(fix, subject, tools);
    answers.push('did' in answer ? answer.did : `refused: ${answer.refused}`);
  }
  return answers;
}
