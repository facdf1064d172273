import { expect } from 'chai';
import { describe, it } from 'mocha';
import { networkOf } from './network-of.ts';

describe('whom an IP address counts as', () => {
  const cases = {
    '203.0.113.7': '203.0.113.7',
    '::ffff:203.0.113.7': '203.0.113.7',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2',
    '2001:0DB8:0001:0002:ffff::1': '2001:db8:1:2',
    '2001:db8::1': '2001:db8:0:0',
    'fe80::1%eth0': 'fe80:0:0:0',
    '::1': '0:0:0:0',
    'no address': 'no address',
  };
  for (const [ip, network] of Object.entries(cases)) {
    it(`${ip} is ${network}`, () => expect(networkOf(ip)).to.equal(network));
  }
});
