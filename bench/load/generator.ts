// A process of its own that makes load by autocannon: forked with a Load as its message, it answers with a LoadResult of each round.
import { once } from 'node:events';
import autocannon from 'autocannon';
import { newId } from '../../lib/ids.ts';
import { latenciesOf } from '../statistics.ts';
import type { Load, LoadResult, Step } from './load.ts';

/** Longer than client-app's patience with a booking. */
const TIMEOUT_SECONDS = 20;

/** What autocannon keeps for the requests of one turn. */
interface Turn {
  n?: number;
  id?: string;
  startedAt?: number;
  asExpected?: boolean;
}

process.on('disconnect', () => process.exit());
const [load] = (await once(process, 'message')) as [Load];
const results: LoadResult[] = [];
/** Of the next turn, over all rounds. */
let next = 0;
for (const seconds of load.seconds) results.push(await untilAnswered(load, seconds));
process.send?.(results);

/** A round in which nothing was answered is made anew, and longer: where a round is short and the machine is busy. */
async function untilAnswered(load: Load, seconds: number): Promise<LoadResult> {
  const result = await generate(load, seconds);
  const isOver = result.turns > 0 || result.wrong > 0 || seconds > TIMEOUT_SECONDS;
  return isOver ? result : untilAnswered(load, 2 * seconds);
}

async function generate({ url, connections, steps, values = {} }: Load, seconds: number): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  let wrong = 0;
  let firstWrong: string | undefined;

  const filledIn = (text: string, { n = 0, id = '' }: Turn) =>
    text.replaceAll(/<(\w+)>/g, (whole, name: string) => {
      if (name === 'n') return String(n);
      if (name === 'id') return id;
      const among = values[name];
      return among ? (among[n % among.length] ?? whole) : whole;
    });

  const requestOf = (step: Step, index: number): autocannon.Request => ({
    method: step.method ?? 'GET',
    setupRequest(request, context) {
      const turn: Turn = context;
      if (index === 0) Object.assign(turn, { n: next++, id: newId(), startedAt: performance.now(), asExpected: true });
      const headers = Object.entries(step.headers ?? {}).map(([name, value]) => [name, filledIn(value, turn)]);
      const filled = { ...request, path: filledIn(step.path, turn), headers: Object.fromEntries(headers) };
      return step.body === undefined ? filled : { ...filled, body: filledIn(step.body, turn) };
    },
    onResponse(status, body, context) {
      const turn: Turn = context;
      const { expect } = step;
      if (status !== expect.status || (expect.body !== undefined && !String(body).includes(expect.body))) {
        turn.asExpected = false;
        wrong += 1;
        firstWrong ??= `${step.path} answered ${status} ${String(body).slice(0, 300)}`;
      }
      if (index === steps.length - 1 && turn.asExpected) latenciesMs.push(performance.now() - (turn.startedAt ?? 0));
    },
  });

  const startedAt = performance.now();
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    timeout: TIMEOUT_SECONDS,
    requests: steps.map(requestOf),
  });
  const took = (performance.now() - startedAt) / 1_000;
  if (result.errors > 0) firstWrong ??= `${result.errors} requests had no answer, ${result.timeouts} of them in time`;
  return {
    turns: latenciesMs.length,
    perSecond: latenciesMs.length / took,
    wrong: wrong + result.errors,
    ...(firstWrong !== undefined && { firstWrong }),
    latencies: latenciesOf(latenciesMs),
  };
}
