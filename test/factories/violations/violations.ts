import { holds } from './holds.ts';
import { money } from './money.ts';
import { news } from './news.ts';
import { order } from './order.ts';
import { ownership } from './ownership.ts';
import type { Planted } from './planting.ts';
import { tickets } from './tickets.ts';
import { workflows } from './workflows.ts';

/** What must not be, in the records of one event: each with the kind by which the audit finds it. */
export const violations: Planted[] = [...ownership, ...tickets, ...holds, ...workflows, ...order, ...news, ...money];
