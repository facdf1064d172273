import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { system } from '../engines.ts';

const demo = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url));
const names = [
  'register_and_sign_in',
  'look_at_events_and_seats',
  'book_two_seats',
  'pay_and_receive_ticket',
  'refuse_second_buyer',
  'survive_failing_organizer',
  'decline_every_payment',
  'let_hold_expire',
  'cancel_unpaid_booking',
  'queue_for_a_seat',
  'cancel_a_paid_booking',
  'promote_the_first',
  'lapse_and_promote_the_second',
  'read_why_not_and_leave',
  'read_history',
];

interface Played {
  code: number;
  last: { ok: boolean; error?: string; steps: Array<{ name: string; ok: boolean; ms: number; error?: string }> };
  people: string;
}

/** Plays the demo in a process of its own, against the system of this test run. */
function play(...args: string[]): Promise<Played> {
  const command = ['--import=tsx', demo, '--json', '--dir', system().dir, ...args];
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, command, (error, stdout, people) => {
      if (error && typeof error.code !== 'number') return reject(error);
      const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
      return resolve({ code: child.exitCode ?? -1, last, people });
    });
  });
}

describe('npm run demo', function () {
  this.timeout(240_000);

  it('plays every step, also for two who play it at once on the same system', async () => {
    for (const { code, last, people } of await Promise.all([play(), play()])) {
      expect(last.ok, people).to.equal(true);
      expect(last.steps.map(({ name, ok }) => ({ name, ok }))).to.deep.equal(names.map((name) => ({ name, ok: true })));
      expect(code).to.equal(0);
      expect(people).to.match(/KRS-[0-9A-Z]{4}-[0-9A-Z]{4}.*CONFIRMED/);
      expect(people).to.contain('Rp 2.500.000');
      expect(people).to.match(/Maya Sitorus +You are 3rd in the queue/);
      expect(people).to.match(/from the cancellation to this message +\d+ ms/);
      expect(people).to.match(/The 1st did not pay in time\. You are 2nd now\./);
      expect(people).to.match(/The 1st paid: the seat is theirs\. You are 1st now\./);
    }
    const folder = path.join(system().dir, 'demo');
    expect(existsSync(folder) && readdirSync(folder)).to.have.lengthOf(2);
  });

  it('takes its shows off again', async () => {
    const answer = await fetch(`${system().urls.clientApp}/events?limit=100`);
    const { events } = (await answer.json()) as { events: Array<{ eventId: string }> };
    expect(events.filter(({ eventId }) => eventId.startsWith('demo-'))).to.deep.equal([]);
  });

  it('exits with 1 when a step fails, and says which', async () => {
    const { code, last } = await play('--client-app', system().urls.paymentApp);
    expect(code).to.equal(1);
    expect(last.ok).to.equal(false);
    expect(last.steps.map(({ name }) => name)).to.deep.equal(names);
    expect(last.steps.every(({ ok }) => !ok)).to.equal(true);
    expect(last.steps[0]?.error).to.match(/POST .*\/users answered 404/);
    expect(last.steps[1]).to.include({ ms: 0, skipped: true });
  });
});
