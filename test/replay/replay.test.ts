import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { tracedWorkflowModules } from '../../temporal/tracing.ts';
import { workflowsPath } from '../../temporal/workers/worker.ts';
import * as workflows from '../../workflows/index.ts';
import type { RecordedEvent } from './actions.ts';
import { fileFor, scenarioOf } from './histories.ts';
import { scenarios } from './scenarios/scenarios.ts';
import { stepsOf } from './steps.ts';

interface Recorded {
  events: RecordedEvent[];
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const histories = readdirSync(here('./histories')).filter((name) => name.endsWith('.json'));
const kept = new Map<string, Recorded>();
function read(name: string): Recorded {
  const history = kept.get(name) ?? (JSON.parse(readFileSync(here(`./histories/${name}`), 'utf8')) as Recorded);
  kept.set(name, history);
  return history;
}
const typeOf = (name: string) => read(name).events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name;
const logger = new DefaultLogger('ERROR');

describe('recorded histories', function () {
  this.timeout(60_000);
  let bundle: WorkflowBundle;

  before(async () => {
    // The one history that must not replay would otherwise be told at length.
    Runtime.install({ logger, telemetryOptions: { logging: { filter: 'off' } } });
    bundle = await bundleWorkflowCode({ workflowsPath, logger });
  });

  it('are there for every scenario, and of nothing else', () => {
    expect([...new Set(histories.map(scenarioOf))].toSorted()).to.deep.equal(Object.keys(scenarios).toSorted());
  });

  it('are there of every workflow that the worker runs', () => {
    expect([...new Set(histories.map(typeOf))].toSorted()).to.deep.equal(Object.keys(workflows).toSorted());
  });

  it('are never replaced: another one goes beside them', () => {
    expect(fileFor('confirmed', histories)).to.match(/^confirmed\.\d+\.json$/);
    expect(histories).not.to.include(fileFor('confirmed', histories));
    expect(fileFor('confirmed', [])).to.equal('confirmed.json');
    expect(fileFor('confirmed', ['confirmed.json', 'confirmed.2.json'])).to.equal('confirmed.3.json');
  });

  for (const name of histories) {
    it(`replay: ${name}`, async () => {
      await Worker.runReplayHistory({ workflowBundle: bundle }, read(name));
    });
  }

  it('replay on a worker that traces, too: tracing may be switched on while bookings run', async () => {
    const traced = await bundleWorkflowCode({
      workflowsPath,
      logger,
      workflowInterceptorModules: tracedWorkflowModules,
    });
    const sinks = { exporter: { export: { fn: () => {} } } };
    for (const name of histories) await Worker.runReplayHistory({ workflowBundle: traced, sinks }, read(name));
  });

  describe('do not replay after a careless edit', function () {
    // Each bundles the workflows anew and replays all that there are.
    this.timeout(180_000);
    const violationOf = (workflowBundle: WorkflowBundle, name: string): Promise<unknown> =>
      Worker.runReplayHistory({ workflowBundle }, read(name)).then(
        () => undefined,
        (reason: unknown) => reason,
      );

    it('a wait before the first step: not one of them', async () => {
      const path = here('./edits/wait-before-first-step.ts');
      const edited = await bundleWorkflowCode({ workflowsPath: path, logger });
      for (const name of histories)
        expect(await violationOf(edited, name), name).to.be.instanceOf(DeterminismViolationError);
    });

    /** The edit, and the steps of which it changes when or as what they are asked for. */
    const lateEdits: Record<string, readonly string[]> = {
      'wait-before-telling': ['notifyClientApp'],
      'wait-before-offering': ['booking'],
      'ticket-before-seats-are-sold': ['confirmSeats', 'issueTicket'],
      'seats-back-before-organizer': ['releaseSeats', 'releaseAtOrganizer'],
    };
    for (const [edit, steps] of Object.entries(lateEdits)) {
      it(`${edit}: none that has come to ${steps.join(' or ')}, and every other one does`, async () => {
        const workflowInterceptorModules = [here(`./edits/${edit}.ts`)];
        const edited = await bundleWorkflowCode({ workflowsPath, logger, workflowInterceptorModules });
        const cameToIt = (name: string) => steps.some((step) => stepsOf(read(name).events).has(step));
        expect(histories.filter(cameToIt)).not.to.have.length(0);
        for (const name of histories) {
          const violation = await violationOf(edited, name);
          if (cameToIt(name)) expect(violation, name).to.be.instanceOf(DeterminismViolationError);
          else expect(violation, name).to.equal(undefined);
        }
      });
    }
  });
});
