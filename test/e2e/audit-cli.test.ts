import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { explain } from '../../scripts/audit/explain.ts';
import { unless } from '../../scripts/audit/invariant.ts';
import { DATABASES, type DatabaseName } from '../../scripts/system/databases.ts';
import { temporalClient } from '../../temporal/connection.ts';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { system } from '../engines.ts';
import { harming } from './audit-damage.ts';
import { type AuditStage, auditStage, type World, worlds } from './audit-stage.ts';
import { closeDatabases } from './databases.ts';
import { closeTemporal, temporal } from './temporal-stage.ts';

const script = fileURLToPath(new URL('../../scripts/audit.ts', import.meta.url));

interface Ran {
  code: number | null;
  said: string;
  told: { ok?: boolean; checked?: Record<string, number>; violations?: object[]; fixed?: object[]; error?: string };
}

/** The command as a process of its own, with `--json`. */
const run = (...args: string[]): Promise<Ran> => runWith({}, ...args);

function runWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, ['--import=tsx', script, ...args], { env: { PATH: process.env.PATH, ...env } });
  const [out, error]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk) => out.push(String(chunk)));
  child.stderr.on('data', (chunk) => error.push(String(chunk)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const last = out.join('').trim().split('\n').at(-1) ?? '';
      resolve({ code, said: error.join(''), told: last.startsWith('{') ? JSON.parse(last) : {} });
    });
  });
}

describe('npm run audit', function () {
  this.timeout(90_000);
  let stage: AuditStage;
  let world: World;

  before(async () => {
    stage = await auditStage();
    world = await worlds.sold();
    await stage.untilClean(world);
  });
  after(async () => {
    await closeTemporal();
    await closeDatabases();
  });
  const here = () => ['--dir', system().dir, '--event', world.eventId, '--settle', '0', '--json'];

  it('finds nothing in an undamaged event, ends with 0 and with one line for programs', async () => {
    const { code, told } = await run(...here());
    expect(told).to.deep.include({ ok: true, violations: [], fixed: [] });
    expect(told.checked).to.include({ events: 1, bookings: 1, tickets: 1, files: 2 });
    expect(code).to.equal(0);
  });

  it('audits as running what all variables name, and mends nothing of it without its keys', async () => {
    const { databases, env, dir } = system();
    const uris = Object.entries(DATABASES).map(([name, { variable }]) => [variable, databases[name as DatabaseName]]);
    const named = { ...Object.fromEntries(uris), TEMPORAL_ADDRESS: env.TEMPORAL_ADDRESS };
    const args = ['--dir', `${dir}/nowhere`, '--event', world.eventId, '--settle', '0', '--json'];
    const { code, said, told } = await runWith(named, ...args);
    expect(said).to.include('the system that the variables name');
    expect(told).to.deep.include({ ok: true, violations: [] });
    expect(code).to.equal(0);
    const fixing = await runWith(named, ...args, '--fix');
    expect(fixing.told.error).to.include('set TICKET_SIGNING_PRIVATE_KEY');
    expect(fixing.code).to.equal(1);
  });

  it('finds damage and ends with 1; with --fix it mends it, and ends with 0', async () => {
    // What no sweep looks for: nobody waits for the seat.
    await harming(stage).seat(world.eventId, { $set: { waitlisted: true } } as object);
    const found = await run(...here());
    expect(found.code).to.equal(1);
    expect(found.told.violations).to.have.length(1);
    expect(found.said).to.include('(empty_queue)').and.to.include(`${world.eventId}, A-1-1`);
    const mended = await run(...here(), '--fix');
    expect(mended.told).to.deep.include({ ok: true, violations: [] });
    expect(mended.told.fixed?.map((one) => (one as { did: string }).did)).to.deep.equal([
      'woke the queue of seat A-1-1',
    ]);
    expect(mended.code).to.equal(0);
  });

  it('says what Temporal knows of a workflow that does not work any more', async () => {
    const unpaid = await worlds.unpaid();
    await temporal().workflow.getHandle(bookingWorkflowId(unpaid.bookingId)).terminate('by hand');
    const { violations } = await stage.look(unpaid);
    const alone = violations.filter(({ kind }) => kind === 'alone_in_time');
    expect(alone).to.have.length(1);
    const [told] = await explain(temporal(), alone);
    expect(told?.cause).to.match(/^The workflow booking\/\S+ is TERMINATED since 2/);
    const [lost] = await explain(temporal(), [{ ...alone[0]!, subject: { bookingId: 'never-was' } }]);
    expect(lost?.cause).to.include('Temporal knows no workflow of it');
  });

  it('keeps what is likely where Temporal does not tell, and loses no disagreement', async () => {
    const found = ['a', 'b', 'c'].flatMap((bookingId) => unless('overdue_alone', false, 'It is over.', { bookingId }));
    const deaf = temporalClient({ TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_NAMESPACE: 'default' });
    try {
      expect(await explain(deaf, found)).to.deep.equal(found);
    } finally {
      await deaf.connection.close();
    }
  });

  it('mends nothing where nothing runs, and says why', async () => {
    const { code, told } = await run('--dir', `${system().dir}/nowhere`, '--fix', '--json');
    expect(told.error).to.include('--fix works through its services');
    expect(code).to.equal(1);
  });

  it('ends with 2 for a wrong command line', async () => {
    const { code, said } = await run('--settle', 'soon');
    expect(said).to.include('--settle is a whole number');
    expect(code).to.equal(2);
  });
});
