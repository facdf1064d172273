import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readConfig } from './config.ts';

const environment = {
  PAYMENT_APP_MONGODB_URI: 'mongodb://127.0.0.1/kursi_payment',
  PAYMENT_APP_PUBLIC_URL: 'https://pay.example.test/',
  PAYMENT_APP_SERVICE_SECRETS: 'new-Zf4nQ8xVw2LkT7pYbR1mHs6D, old-q9TgXe3JvUa5NcKy8WzMf2Bh',
  WEBHOOK_URL: 'http://127.0.0.1:3002/webhooks/payments',
  PAYMENT_WEBHOOK_SECRETS: 'whsec_bmV3LVpmNG5ROHhWdzJMa1Q3cFk,whsec_b2xkLXE5VGdYZTNKdlVhNU5jS3k',
};

describe("the payment app's configuration", () => {
  it('has defaults, and lists whose first entry is the one that signs', () => {
    const config = readConfig(environment);
    expect(config).to.include({
      port: 3003,
      declineRate: 0.1,
      refundFailureRate: 0.1,
      processingMs: 300,
      publicUrl: 'https://pay.example.test',
    });
    expect(config.serviceSecrets).to.eql(['new-Zf4nQ8xVw2LkT7pYbR1mHs6D', 'old-q9TgXe3JvUa5NcKy8WzMf2Bh']);
    expect(config.webhookSecrets[0]).to.equal('whsec_bmV3LVpmNG5ROHhWdzJMa1Q3cFk');
  });

  it('offers test methods unless it is production or told otherwise', () => {
    expect(readConfig(environment).testMethods).to.equal(true);
    expect(readConfig({ ...environment, NODE_ENV: 'production' }).testMethods).to.equal(false);
    expect(readConfig({ ...environment, NODE_ENV: 'production', PAYMENT_TEST_METHODS: 'true' }).testMethods).to.equal(
      true,
    );
    expect(readConfig({ ...environment, PAYMENT_TEST_METHODS: 'false' }).testMethods).to.equal(false);
  });

  for (const [variable, value] of [
    ['WEBHOOK_URL', ''],
    ['PAYMENT_DECLINE_RATE', '2'],
    ['PAYMENT_REFUND_FAILURE_RATE', 'never'],
    ['PAYMENT_WEBHOOK_SECRETS', 'secret'],
    ['PAYMENT_APP_PORT', 'http'],
  ] as const) {
    it(`names ${variable} when it is ${value === '' ? 'missing' : 'wrong'}`, () => {
      expect(() => readConfig({ ...environment, [variable]: value })).to.throw(variable);
    });
  }
});
