import { Type } from 'typebox';
import { oneOf } from '../../lib/contracts/primitives.ts';
import { compile } from '../../lib/schema/ajv.ts';
import type { HoldOutcome, HoldRequest, Organizer, OrganizerHold } from './organizer.ts';
import { OrganizerClient } from './organizer-client.ts';
import { assertSameSeats, refusedAmong } from './seats-in-answers.ts';

export interface XConfig {
  /** Without a trailing slash. */
  url: string;
  apiKey: string;
}

const Hold = Type.Object({
  holdId: Type.String({ minLength: 1 }),
  reference: Type.String(),
  event: Type.String(),
  seats: Type.Array(Type.String()),
  state: oneOf(['claiming', 'held', 'refused', 'released']),
});
const holdMade = compile(Type.Object({ ...Hold.properties, state: Type.Literal('held') }));
const holdRefused = compile(
  Type.Union([
    Type.Object({ code: Type.Literal('seats_unavailable'), detail: Type.String(), seats: Type.Array(Type.String()) }),
    Type.Object({ code: oneOf(['released', 'reference_reused']) }),
  ]),
);
const released = compile(Type.Object({ reference: Type.String(), state: Type.Literal('released') }));
const page = compile(Type.Object({ holds: Type.Array(Hold), nextCursor: Type.Optional(Type.String()) }));

/** Speaks with system X: JSON, a key in a header, a "no" as 409. */
export class XAdapter implements Organizer {
  readonly #client: OrganizerClient;

  constructor(config: XConfig) {
    this.#client = new OrganizerClient('X', config.url, () => ({ 'X-Api-Key': config.apiKey }));
  }

  async hold({ reference, eventRef, seatIds }: HoldRequest, signal?: AbortSignal): Promise<HoldOutcome> {
    const body = { reference, event: eventRef, seats: seatIds };
    const call = { method: 'POST', path: '/api/v1/holds', body, about: `hold of ${reference}`, signal } as const;
    const answer = await this.#client.call(call, [409]);
    if (answer.status !== 409) {
      const hold = this.#client.read(call, holdMade, answer);
      assertSameSeats(this.#client, call, { reference, seatIds }, { reference: hold.reference, seatIds: hold.seats });
      return { outcome: 'held', holdId: hold.holdId };
    }
    const no = this.#client.read(call, holdRefused, answer);
    switch (no.code) {
      case 'released':
        return { outcome: 'released' };
      case 'seats_unavailable':
        return { outcome: 'refused', seatIds: refusedAmong(this.#client, call, seatIds, no.seats), why: no.detail };
      case 'reference_reused':
        throw this.#client.rejected(call, 'it knows this reference with other seats');
    }
  }

  async release({ reference }: { reference: string }, signal?: AbortSignal): Promise<void> {
    const path = `/api/v1/holds/${encodeURIComponent(reference)}`;
    const call = { method: 'DELETE', path, about: `release of ${reference}`, signal } as const;
    const answer = this.#client.read(call, released, await this.#client.call(call));
    if (answer.reference !== reference) throw this.#client.unavailable(call, 'it answered about another reference');
  }

  async listHolds(eventRef: string, signal?: AbortSignal): Promise<OrganizerHold[]> {
    const holds: OrganizerHold[] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ event: eventRef, limit: '200', ...(cursor !== undefined && { cursor }) });
      const call = { method: 'GET', path: `/api/v1/holds?${query}`, about: `holds of ${eventRef}`, signal } as const;
      const answer = this.#client.read(call, page, await this.#client.call(call));
      for (const { reference, seats, state } of answer.holds) {
        holds.push({ reference, seatIds: seats, state: state === 'claiming' ? 'pending' : state });
      }
      cursor = answer.nextCursor;
    } while (cursor !== undefined);
    return holds;
  }

  close(): void {
    this.#client.close();
  }
}
