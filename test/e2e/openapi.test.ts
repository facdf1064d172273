import { expect } from 'chai';
import { describe, it } from 'mocha';
import { system } from '../engines.ts';
import { apiDocumentAt, checkApiDocument } from '../openapi.ts';

/** Of every process that answers HTTP. */
const addresses = () => {
  const { urls } = system();
  return {
    'client-app': urls.clientApp,
    'ticket-app': urls.ticketApp,
    'payment-app': urls.paymentApp,
    'organizer-x': urls.organizerX,
    'organizer-y': urls.organizerY,
  };
};

describe('the API page of the running', () => {
  for (const name of ['client-app', 'ticket-app', 'payment-app', 'organizer-x', 'organizer-y'] as const) {
    it(`${name} is a valid document, its examples fit, and every operation says who may use it`, async () => {
      await checkApiDocument(await apiDocumentAt(addresses()[name]));
    });
  }

  it('client-app names what it passes on from ticket-app as ticket-app does', async () => {
    const [mine, theirs] = await Promise.all([addresses()['client-app'], addresses()['ticket-app']].map(apiDocumentAt));
    for (const name of ['Event', 'Seat']) {
      expect(mine?.components.schemas[name], name).to.be.an('object');
      expect(mine?.components.schemas[name], name).to.deep.equal(theirs?.components.schemas[name]);
    }
  });
});
