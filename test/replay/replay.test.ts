import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { tracedWorkflowModules } from '../../temporal/tracing.ts';
import { workflowsPath } from '../../temporal/workers/worker.ts';
import { scenarios } from './scenarios/scenarios.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const histories = readdirSync(here('./histories')).filter((name) => name.endsWith('.json'));
const read = (name: string): unknown => JSON.parse(readFileSync(here(`./histories/${name}`), 'utf8'));
const logger = new DefaultLogger('ERROR');

describe('recorded histories', function () {
  this.timeout(60_000);
  let bundle: WorkflowBundle;

  before(async () => {
    // The one history that must not replay would otherwise be told at length.
    Runtime.install({ logger, telemetryOptions: { logging: { filter: 'off' } } });
    bundle = await bundleWorkflowCode({ workflowsPath, logger });
  });

  it('are there for every scenario', () => {
    expect(histories.toSorted()).to.deep.equal(
      Object.keys(scenarios)
        .map((name) => `${name}.json`)
        .toSorted(),
    );
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

  it('do not replay on a workflow whose steps are in another order', async () => {
    const altered = await bundleWorkflowCode({ workflowsPath: here('./altered-workflows.ts'), logger });
    const replay = Worker.runReplayHistory({ workflowBundle: altered }, read('confirmed.json'));
    const error = await replay.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(DeterminismViolationError);
  });
});
