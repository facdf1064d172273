import { type Static, Type } from 'typebox';
import { oneOf } from '../../lib/contracts/primitives.ts';
import { compile } from '../../lib/schema/ajv.ts';
import type { HoldOutcome, HoldRequest, Organizer, OrganizerHold } from './organizer.ts';
import { OrganizerClient } from './organizer-client.ts';
import { assertSameSeats, refusedAmong } from './seats-in-answers.ts';
import { signForY, type YCredentials } from './y-signature.ts';

export interface YConfig extends YCredentials {
  /** Without a trailing slash. */
  url: string;
}

const Allotment = Type.Object({
  ref: Type.String(),
  no: Type.String({ minLength: 1 }),
  performance: Type.Optional(Type.String()),
  places: Type.Array(Type.String()),
  status: oneOf(['PENDING', 'BLOCKED', 'DENIED', 'FREED']),
  denied: Type.Optional(Type.Array(Type.String())),
});
type Allotment = Static<typeof Allotment>;
const one = compile(Type.Object({ allotment: Allotment }));
const refInUse = compile(Type.Object({ fault: Type.Object({ code: Type.Literal('REF_IN_USE') }) }));
const page = compile(Type.Object({ allotments: Type.Array(Allotment), next: Type.Optional(Type.String()) }));

const stateOf: Record<Allotment['status'], OrganizerHold['state']> = {
  PENDING: 'pending',
  BLOCKED: 'held',
  DENIED: 'refused',
  FREED: 'released',
};

/** Speaks with system Y: signed requests, allotments of places under a ref of ours, a "no" as a status under 200. */
export class YAdapter implements Organizer {
  readonly #client: OrganizerClient;

  constructor(config: YConfig) {
    this.#client = new OrganizerClient('Y', config.url, (call) => signForY(config, call));
  }

  async hold({ reference, eventRef, seatIds }: HoldRequest, signal?: AbortSignal): Promise<HoldOutcome> {
    const path = `/allotments/${encodeURIComponent(reference)}`;
    const body = { performance: eventRef, places: seatIds };
    const call = { method: 'PUT', path, body, about: `hold of ${reference}`, signal } as const;
    const answer = await this.#client.call(call, [409]);
    if (answer.status === 409) {
      this.#client.read(call, refInUse, answer);
      throw this.#client.rejected(call, 'it knows this reference with other seats');
    }
    const { allotment } = this.#client.read(call, one, answer);
    // A freed ref may never have had places: only the reference is compared before its status is known.
    if (allotment.ref !== reference) throw this.#client.unavailable(call, 'it answered about another hold');
    switch (allotment.status) {
      case 'FREED':
        return { outcome: 'released' };
      case 'PENDING':
        throw this.#client.unavailable(call, 'it has not decided yet');
      case 'DENIED': {
        const refused = refusedAmong(this.#client, call, seatIds, allotment.denied ?? []);
        return { outcome: 'refused', seatIds: refused, why: 'Some of these places are not free.' };
      }
      case 'BLOCKED':
        assertSameSeats(this.#client, call, { reference, seatIds }, { reference, seatIds: allotment.places });
        return { outcome: 'held', holdId: allotment.no };
    }
  }

  async release({ reference }: { reference: string }, signal?: AbortSignal): Promise<void> {
    const path = `/allotments/${encodeURIComponent(reference)}/free`;
    const call = { method: 'POST', path, about: `release of ${reference}`, signal } as const;
    const { allotment } = this.#client.read(call, one, await this.#client.call(call));
    if (allotment.ref !== reference || allotment.status !== 'FREED') {
      throw this.#client.unavailable(call, 'it did not say that this ref is free');
    }
  }

  async listHolds(eventRef: string, signal?: AbortSignal): Promise<OrganizerHold[]> {
    const holds: OrganizerHold[] = [];
    let after: string | undefined;
    do {
      const query = new URLSearchParams({ performance: eventRef, max: '200', ...(after !== undefined && { after }) });
      const call = { method: 'GET', path: `/allotments?${query}`, about: `holds of ${eventRef}`, signal } as const;
      const answer = this.#client.read(call, page, await this.#client.call(call));
      for (const { ref, places, status } of answer.allotments) {
        holds.push({ reference: ref, seatIds: places, state: stateOf[status] });
      }
      after = answer.next;
    } while (after !== undefined);
    return holds;
  }

  close(): void {
    this.#client.close();
  }
}
