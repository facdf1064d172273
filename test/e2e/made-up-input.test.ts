import { expect } from 'chai';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { newId } from '../../lib/ids.ts';
import { system } from '../engines.ts';
import { rawRequest } from '../support/raw-request.ts';
import { closeDatabases } from './databases.ts';
import { anEvent, type Person, person } from './stage.ts';

describe('made-up input', function () {
  this.timeout(60_000);
  let buyer: Person;
  before(async () => {
    buyer = await person();
  });
  after(closeDatabases);

  const word = fc.oneof(
    fc.constantFrom('A-1-1', 'eventId', '$ne', '__proto__', '', '\0'),
    fc.string({ maxLength: 40 }),
  );
  const anything = fc.oneof(fc.jsonValue(), fc.array(word, { maxLength: 12 }), fc.dictionary(word, fc.jsonValue()));
  const bodyOf = (...names: string[]) =>
    fc.oneof(
      anything,
      fc.record(Object.fromEntries(names.map((name) => [name, fc.oneof(word, anything)])), { requiredKeys: [] }),
    );

  /** Whatever is sent: no 5xx, and every refusal a problem with a code. */
  const neverBreaks = (method: string, path: string, body: fc.Arbitrary<unknown>) =>
    fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const text = JSON.stringify(sent);
        const headers = {
          'content-type': 'application/json',
          authorization: `Bearer ${buyer.token}`,
          'idempotency-key': newId(),
        };
        const answer = await rawRequest(system().urls.clientApp, { method, path, headers, body: text });
        expect(answer.status, text).to.be.below(500);
        if (answer.status < 400) return;
        expect(answer.type).to.match(/^application\/problem\+json/);
        expect(JSON.parse(answer.text).code).to.be.a('string');
      }),
      { numRuns: 100, seed: 20_261_121 },
    );

  it('bookings never break anything', async () => {
    const eventId = await anEvent();
    const known = fc.record({ eventId: fc.constant(eventId), seatIds: fc.array(word, { maxLength: 12 }) });
    await neverBreaks('POST', '/bookings', fc.oneof(bodyOf('eventId', 'seatIds'), known));
  });

  it('accounts never break anything', () => neverBreaks('POST', '/users', bodyOf('name', 'email', 'password', 'role')));
});
