import type { Context } from 'koa';
import { Counter, type Registry } from 'prom-client';
import { unavailable } from '../../../lib/http/problem.ts';
import type { FaultKind } from './fault.ts';
import type { Call, FaultPlan } from './fault-plan.ts';

/** A caller that waits longer than this for an answer that never comes is cut off, so that connections do not pile up. */
const silenceMs = 60_000;

/** How a call is told to do its work; `refused` asks for a definite "no". */
export type Work = (order: { refused: boolean }) => Promise<void>;
export type FaultyCalls = (ctx: Context, call: Call, work: Work) => Promise<void>;

/**
 * Lets each hold and release go wrong as the plan says. `503` and `cut` happen instead of the work; `timeout` and `rubbish`
 * after it, so that the caller cannot know what was done.
 */
export function withFaults(plan: FaultPlan, metrics: Registry): FaultyCalls {
  const injected = new Counter({
    name: 'organizer_faults_total',
    help: 'Calls that were made to go wrong',
    labelNames: ['call', 'fault'],
    registers: [metrics],
  });
  return async (ctx, call, work) => {
    const fault = plan.next(call);
    if (fault === undefined) return work({ refused: false });
    injected.inc({ call: call.name, fault });
    ctx.log.info({ reference: call.reference, call: call.name, fault }, 'injected a fault');
    return perform(fault, ctx, work);
  };
}

async function perform(fault: FaultKind, ctx: Context, work: Work): Promise<void> {
  switch (fault) {
    case '503':
      throw unavailable('overloaded', 'The system is overloaded. Try again in a moment.');
    case 'cut':
      answerNothing(ctx);
      ctx.req.socket.destroy();
      return;
    case 'timeout':
      await work({ refused: false });
      answerNothing(ctx);
      setTimeout(() => ctx.req.socket.destroy(), silenceMs).unref();
      return;
    case 'rubbish':
      await work({ refused: false });
      talkRubbish(ctx);
      return;
    case 'refuse':
      return work({ refused: true });
  }
}

function answerNothing(ctx: Context): void {
  ctx.respond = false;
  // Never sent; it keeps the log and the metrics from counting a success.
  ctx.status = 504;
}

/** Half of the true answer where its length is odd, a web page where it is even: both under a cheerful 200. */
function talkRubbish(ctx: Context): void {
  const answer = JSON.stringify(ctx.body);
  // What is wrong on purpose is not held to the route's description.
  ctx.state.operation = undefined;
  ctx.status = 200;
  if (answer.length % 2 === 1) {
    ctx.type = 'application/json';
    ctx.body = answer.slice(0, answer.length / 2);
  } else {
    ctx.type = 'text/html';
    ctx.body = '<!doctype html><title>Welcome</title><h1>It works!</h1>';
  }
}
