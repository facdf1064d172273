import type { ConnectionLike, WorkflowClientInterceptor } from '@temporalio/client';
import { createCircuit } from '../lib/http/circuit.ts';

/** Temporal's frontend answers this at once, also under load. */
const probeMs = 700;

/** Rejects when Temporal does not answer in time. */
export const askTemporal = (connection: ConnectionLike, namespace: string, withinMs: number): Promise<unknown> =>
  connection.withDeadline(Date.now() + withinMs, () => connection.workflowService.describeNamespace({ namespace }));

/**
 * Puts a process's calls of Temporal behind a circuit breaker: whoever waits for one that is away is told so (`CalleeAway`)
 * in about two seconds, whatever the call's own deadline, and at once when it is known to be away.
 */
export function circuitToTemporal(connection: ConnectionLike, namespace: string): WorkflowClientInterceptor {
  const circuit = createCircuit({
    callee: 'Temporal',
    probe: () => askTemporal(connection, namespace, probeMs),
    // A call that found nobody goes on trying until its deadline; that nobody is there is what the probes find out.
    isOutage: () => false,
  });
  // A call that is given up goes on by itself until its deadline: whether it took effect is not known anyway (K-4).
  const guarded = <Input, Answer>(input: Input, next: (input: Input) => Promise<Answer>): Promise<Answer> =>
    circuit.execute(() => next(input));
  return {
    startWithDetails: guarded,
    startUpdate: guarded,
    startUpdateWithStart: guarded,
    signal: guarded,
    signalWithStart: guarded,
    query: guarded,
    terminate: guarded,
    cancel: guarded,
    describe: guarded,
  };
}
