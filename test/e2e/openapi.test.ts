import { expect } from 'chai';
import { describe, it } from 'mocha';
import { system } from '../engines.ts';
import { apiDocumentAt, checkApiDocument, operationsOf } from '../openapi.ts';
import { chromium, openPage } from '../support/browser.ts';
import { waitUntil } from '../wait-until.ts';

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

  it('client-app is shown in a browser, every operation of it, without a warning or a complaint', async function () {
    this.timeout(60_000);
    const program = chromium();
    // There is none on a machine that never shows pages.
    if (!program) this.skip();
    const url = addresses()['client-app'];
    const wanted = operationsOf(await apiDocumentAt(url)).length;
    const page = await openPage(program, `${url}/docs`);
    try {
      const shown = () => page.evaluate<number>("document.querySelectorAll('.opblock').length");
      await waitUntil('the page to be drawn', async () => (await shown()) === wanted);
      const warnings =
        "[...document.querySelectorAll('.version-pragma, .errors-wrapper, .json-schema-dialect')].length";
      const text = await page.evaluate<string>('document.body.innerText');
      expect(text).not.to.match(/warning|not supported|error resolving/i);
      expect(await page.evaluate<number>(warnings)).to.equal(0);
      expect(page.complaints).to.deep.equal([]);
    } finally {
      await page.close();
    }
  });

  it('client-app names what it passes on from ticket-app as ticket-app does', async () => {
    const [mine, theirs] = await Promise.all([addresses()['client-app'], addresses()['ticket-app']].map(apiDocumentAt));
    for (const name of ['Event', 'Seat']) {
      expect(mine?.components.schemas[name], name).to.be.an('object');
      expect(mine?.components.schemas[name], name).to.deep.equal(theirs?.components.schemas[name]);
    }
  });
});
