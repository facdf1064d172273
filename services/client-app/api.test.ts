import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { type ClientAppUnderTest, startClientApp } from '../../test/client-app.ts';
import { type ApiDocument, apiDocumentAt, checkApiDocument, operationsOf } from '../../test/openapi.ts';

describe("client-app's API page", () => {
  let app: ClientAppUnderTest;
  let document: ApiDocument;

  before(async () => {
    app = await startClientApp('api');
    document = await apiDocumentAt(app.url);
  });
  after(() => app.close());

  it('is valid, and its examples fit', async function () {
    this.timeout(60_000);
    await checkApiDocument(document);
  });

  it('names what buyers work with', () => {
    const names = ['User', 'Session', 'Event', 'Seat', 'Booking', 'BookingInList', 'WaitlistEntry'];
    expect(document.components.schemas).to.include.keys(names);
  });

  it('tells every end of a booking by its code', () => {
    const book = operationsOf(document).find(([name]) => name === 'POST /bookings')?.[1];
    expect(book?.responses).to.include.keys('201', '202', '401', '402', '409', '410', '422', '503');
    const codes = Object.values(book?.responses ?? {}).flatMap(({ content = {} }) =>
      Object.values(content).flatMap(({ examples = {} }) => Object.keys(examples)),
    );
    expect(codes).to.include.members([
      'seat_taken',
      'payment_declined',
      'payment_expired',
      'event_cancelled',
      'too_late',
    ]);
  });
});
