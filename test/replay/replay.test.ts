import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { tracedWorkflowModules } from '../../temporal/tracing.ts';
import { workflowsPath } from '../../temporal/workers/worker.ts';
import * as workflows from '../../workflows/index.ts';
import { fileFor, scenarioOf } from './histories.ts';
import { scenarios } from './scenarios/scenarios.ts';

interface Recorded {
  events: Array<{ workflowExecutionStartedEventAttributes?: { workflowType: { name: string } } }>;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const histories = readdirSync(here('./histories')).filter((name) => name.endsWith('.json'));
const read = (name: string): Recorded => JSON.parse(readFileSync(here(`./histories/${name}`), 'utf8'));
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

  it('do not replay, not one, on workflows that wait before their first step', async () => {
    const altered = await bundleWorkflowCode({ workflowsPath: here('./altered-workflows.ts'), logger });
    for (const name of histories) {
      const error = await Worker.runReplayHistory({ workflowBundle: altered }, read(name)).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error, name).to.be.instanceOf(DeterminismViolationError);
    }
  });
});
