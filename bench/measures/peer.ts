import { newId } from '../../lib/ids.ts';
import { reasonOf } from '../../scripts/system/setup-error.ts';
import { makeLoad, type Step } from '../load/load.ts';
import { measureRate, type RateReport } from '../load/rounds.ts';
import type { Stage } from '../measure.ts';
import { type Peer, startPeer } from '../peer-server.ts';
import { cpuMsEach } from '../processes.ts';
import { HOT_CONNECTIONS } from './hot.ts';

/** A cold burst of 128 connections stalled this server: it is warmed by few. */
const WARM_UP_CONNECTIONS = 16;

export type PeerRate = RateReport & { cpuMsEach: Record<string, number> };

/** The ticket shop on Restate; each by as many callers as the measure of ours beside it. */
export type PeerReport =
  | {
      available: true;
      /** One seat locked, one caller. */
      reserve: PeerRate;
      /** One call that reserves, pays and sells. */
      book: PeerRate;
      /** Into the cart, then the checkout: two calls, one seat. */
      cart: PeerRate;
      /** Everybody wants one seat that is gone. */
      hot: PeerRate;
    }
  | { available: false; reason: string };

type PeerStage = Pick<Stage, 'rounds' | 'sizes' | 'say'>;

/** Before Kursi starts and gone when it does, so that neither takes the other's processors. */
export async function measurePeer(stage: PeerStage): Promise<PeerReport> {
  let peer: Peer;
  try {
    peer = await startPeer(stage.say);
  } catch (error) {
    return { available: false, reason: reasonOf(error) };
  }
  try {
    return { available: true, ...(await measureAll(stage, peer)) };
  } finally {
    await peer.stop();
  }
}

async function measureAll(stage: PeerStage, peer: Peer) {
  const json = { 'content-type': 'application/json' };
  const post = (path: string, answer: 'true' | 'false', body?: string): Step => ({
    method: 'POST',
    path,
    ...(body !== undefined && { headers: json, body }),
    expect: { status: 200, body: answer },
  });
  const measure = (what: string, connections: number, steps: Step[]) =>
    rateOf(stage, peer, { what, connections, steps });
  const hotSeat = `/TicketObject/hot-${newId()}/reserve`;
  await fetch(`${peer.url}${hotSeat}`, { method: 'POST' });
  return {
    reserve: await measure('reserve', 1, [post('/TicketObject/r-<id>/reserve', 'true')]),
    book: await measure('book', stage.sizes.buyersAtOnce, [post('/BookingService/book', 'true', '{"seat":"b-<id>"}')]),
    cart: await measure('cart', stage.sizes.buyersAtOnce, [
      post('/CartObject/<id>/addTicket', 'true', '"c-<id>"'),
      post('/CartObject/<id>/checkout', 'true'),
    ]),
    hot: await measure('hot', HOT_CONNECTIONS, [post(hotSeat, 'false')]),
  };
}

interface Wish {
  what: string;
  connections: number;
  steps: Step[];
}

async function rateOf(stage: PeerStage, peer: Peer, { what, connections, steps }: Wish): Promise<PeerRate> {
  const load = { url: peer.url, steps };
  const { warmUpSeconds, rateSeconds } = stage.sizes;
  await makeLoad({ ...load, seconds: [warmUpSeconds], connections: Math.min(connections, WARM_UP_CONNECTIONS) });
  const before = peer.usages();
  const report = await measureRate(stage, { ...load, connections });
  const { perSecond, latencies } = report;
  stage.say(`  ${what}, ${connections} at once: ${perSecond.median} a second, p99 ${latencies.p99.median} ms`);
  const turns = perSecond.median * (stage.rounds * rateSeconds + warmUpSeconds);
  return { ...report, cpuMsEach: cpuMsEach(before, peer.usages(), turns) };
}
