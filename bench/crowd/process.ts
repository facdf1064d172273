// A process of its own in which a crowd buys: forked with a Crowd as its message, it answers with a CrowdResult.
import { once } from 'node:events';
import { randomOf } from '../random.ts';
import { Buyer } from './buyer.ts';
import type { Crowd, CrowdResult } from './crowd.ts';

process.on('disconnect', () => process.exit());
const [crowd] = (await once(process, 'message')) as [Crowd];
const lots = randomOf(crowd.seed);
const told: Omit<CrowdResult, 'stories'> = { refusedMs: [], turnedAwayMs: [] };
const startedAt = performance.now();
const stories = await Promise.all(
  crowd.tokens.map((token) => new Buyer({ crowd, token, random: randomOf(lots() * 2 ** 32), told, startedAt }).buys()),
);
process.send?.({ stories, ...told });
