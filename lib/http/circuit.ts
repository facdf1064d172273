import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';

/** So many outages in a row open the circuit; one answer in between begins the count anew. */
const outagesToOpen = 3;
/** A call without an answer for this long makes us ask whether anybody is there. */
const doubtAfterMs = 1_000;
/** How long a sign of life is believed: many calls wait at once in a rush, and must not ask one by one. */
const signOfLifeMs = 250;
/** In a rush a probe may wait in line behind hundreds of calls; whoever answers any of them is there. */
const heardOfMs = 1_500;
/** How often an absent callee is asked whether it is back. */
const probeEveryMs = 500;

/** There was no sign of life. What a call that was under way has done is not known. */
export class CalleeAway extends Error {
  readonly wasSent: boolean;

  constructor(callee: string, wasSent: boolean) {
    super(wasSent ? `${callee} shows no sign of life` : `${callee} is away; the call was not made`);
    this.name = 'CalleeAway';
    this.wasSent = wasSent;
  }
}

export interface CircuitOptions {
  /** For messages. */
  callee: string;
  /** Rejects when the callee shows no sign of life; has a time limit of its own, well under a second. */
  probe(): Promise<unknown>;
  /** Whether what a call rejected with means that the callee is away. */
  isOutage(error: Error): boolean;
}

export interface Circuit {
  /** Whether calls are refused now; a probe closes the circuit as soon as the callee is back. */
  isOpen(): boolean;
  /**
   * Makes a call. However long it may take, it goes on only while the callee answers probes: `signal` aborts it when
   * there is no sign of life. Rejects with `CalleeAway` then, at once if that was known before.
   */
  execute<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/**
 * A circuit breaker that also notices a callee that hangs: nobody waits longer than about two seconds for one that is
 * not there, and nobody has to be the first to find out that it is back.
 */
export function createCircuit({ callee, probe, isOutage }: CircuitOptions): Circuit {
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof CalleeAway || isOutage(error)),
    { halfOpenAfter: probeEveryMs, breaker: new ConsecutiveBreaker(outagesToOpen) },
  );
  let asking: Promise<boolean> | undefined;
  let waiting = false;
  let heardAt = Number.NEGATIVE_INFINITY;

  /** Whether the callee shows a sign of life; those who ask at about the same time share the answer. */
  function isThere(): Promise<boolean> {
    asking ??= probe()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        setTimeout(() => {
          asking = undefined;
        }, signOfLifeMs).unref();
      });
    return asking;
  }

  breaker.onBreak(async () => {
    if (waiting) return;
    waiting = true;
    while (breaker.state !== CircuitState.Closed) {
      await delay(probeEveryMs, undefined, { ref: false });
      // Whatever a probe fails by, it is no sign of life.
      await breaker
        .execute(() => probe().catch(() => Promise.reject(new CalleeAway(callee, false))))
        .catch(() => undefined);
    }
    waiting = false;
  });

  async function watched<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ended = new AbortController();
    const away = new AbortController();
    const watch = async (): Promise<never> => {
      for (;;) {
        await delay(doubtAfterMs, undefined, { signal: ended.signal, ref: false });
        if (await isThere()) continue;
        // Where this process was busy itself, answers may have arrived that it has not read yet.
        await setImmediate();
        if (!ended.signal.aborted && performance.now() - heardAt > heardOfMs) {
          away.abort();
          throw new CalleeAway(callee, true);
        }
      }
    };
    const outcome = call(away.signal);
    // Whichever comes second is of no interest any more.
    outcome.catch(() => undefined);
    const watching = watch();
    watching.catch(() => undefined);
    try {
      const answer = await Promise.race([outcome, watching]);
      heardAt = performance.now();
      return answer;
    } catch (error) {
      throw away.signal.aborted ? new CalleeAway(callee, true) : error;
    } finally {
      ended.abort();
    }
  }

  return {
    isOpen: () => breaker.state !== CircuitState.Closed,
    async execute(call) {
      // Only a probe tries whether the callee is back: nobody's call is to be the trial that all others wait for.
      if (breaker.state !== CircuitState.Closed) throw new CalleeAway(callee, false);
      try {
        return await breaker.execute(() => watched(call));
      } catch (error) {
        throw error instanceof BrokenCircuitError ? new CalleeAway(callee, false) : error;
      }
    },
  };
}
