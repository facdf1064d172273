import { expect } from 'chai';
import { describe, it } from 'mocha';
import { planDatabases, withDatabase } from './databases.ts';
import { portsAt } from './ports.ts';

const ports = portsAt(100);

describe('planDatabases', () => {
  it('starts one engine for each service when nothing is given', () => {
    const { uris, engines } = planDatabases({}, ports);
    expect(engines).to.deep.equal(['mongodb-client', 'mongodb-ticket', 'mongodb-payment', 'mongodb-organizers']);
    expect(uris['ticket-app']).to.equal('mongodb://127.0.0.1:27202/kursi_ticket?directConnection=true');
  });

  it('takes a database from its own variable and starts only the other engines', () => {
    const env = { TICKET_APP_MONGODB_URI: 'mongodb://db.example/tickets' };
    const { uris, engines } = planDatabases(env, ports);
    expect(uris['ticket-app']).to.equal('mongodb://db.example/tickets');
    expect(engines).to.deep.equal(['mongodb-client', 'mongodb-payment', 'mongodb-organizers']);
  });

  it('keeps the engine of the organizers while one of its two databases is not given', () => {
    const env = { ORGANIZER_X_MONGODB_URI: 'mongodb://db.example/x' };
    expect(planDatabases(env, ports).engines).to.include('mongodb-organizers');
  });

  it('uses one server for all, each with a database of its own', () => {
    const { uris, engines } = planDatabases({ MONGODB_URI: 'mongodb://u:p@a,b:1/?replicaSet=r' }, ports);
    expect(engines).to.deep.equal([]);
    expect(uris['client-app']).to.equal('mongodb://u:p@a,b:1/kursi_client?replicaSet=r');
  });

  it('never names a given database as it is in a test', () => {
    const env = { TICKET_APP_MONGODB_URI: 'mongodb://db.example/kursi_ticket' };
    expect(planDatabases(env, ports, '_test_7').uris['ticket-app']).to.equal(
      'mongodb://db.example/kursi_ticket_test_7',
    );
  });
});

describe('withDatabase', () => {
  it('refuses what is no address of MongoDB', () => {
    expect(() => withDatabase('http://db.example', 'x')).to.throw('mongodb://');
  });
});
