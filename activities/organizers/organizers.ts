import type { Organizers } from './organizer.ts';
import { XAdapter, type XConfig } from './x-adapter.ts';
import { YAdapter, type YConfig } from './y-adapter.ts';

export interface OrganizersConfig {
  x: XConfig;
  y: YConfig;
}

/** An adapter for each organizer's system. A new system is a new code in the contract, an adapter, and a line here. */
export function createOrganizers(config: OrganizersConfig): Organizers {
  return { x: new XAdapter(config.x), y: new YAdapter(config.y) };
}
