import { holds } from './holds.ts';
import type { Kind } from './kind.ts';
import { money } from './money.ts';
import { news } from './news.ts';
import { order } from './order.ts';
import { ownership } from './ownership.ts';
import { tickets } from './tickets.ts';

/** Every way in which documents can disagree, by its name. */
export const kinds = { ...ownership, ...tickets, ...holds, ...order, ...news, ...money };
export type KindName = keyof typeof kinds;

export const kindOf = (name: KindName): Kind => kinds[name];
