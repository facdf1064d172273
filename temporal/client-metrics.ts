import type { WorkflowClientInterceptor } from '@temporalio/client';
import { Histogram, type Registry } from 'prom-client';

/** Measures a process's calls of Temporal, first of all the one that a buyer waits for: update-with-start `reserve`. */
export function measuredTemporalCalls(registry: Registry): WorkflowClientInterceptor {
  const seconds = new Histogram({
    name: 'kursi_temporal_call_duration_seconds',
    help: 'Calls of Temporal, from the call to its answer',
    labelNames: ['call', 'outcome'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  async function measured<Answer>(call: string, ask: () => Promise<Answer>): Promise<Answer> {
    const done = seconds.startTimer({ call });
    try {
      const answer = await ask();
      done({ outcome: 'answered' });
      return answer;
    } catch (error) {
      done({ outcome: 'failed' });
      throw error;
    }
  }
  return {
    startUpdateWithStart: (input, next) => measured(`update_with_start ${input.updateName}`, () => next(input)),
    startUpdate: (input, next) => measured(`update ${input.updateName}`, () => next(input)),
    signal: (input, next) => measured(`signal ${input.signalName}`, () => next(input)),
    signalWithStart: (input, next) => measured(`signal_with_start ${input.signalName}`, () => next(input)),
  };
}
