import type { Event } from './event.ts';
import type { EventGuard } from './event-ledger.ts';

/** Whose eyes an event is shown to, and whose hands change it. Services see what the public does. */
export type Viewer = { kind: 'public' } | { kind: 'organizer'; userId: string } | { kind: 'admin' };

/** Admins keep every event, organizers their own, the public none. */
export const keeps = (viewer: Viewer, event: Pick<Event, 'ownerId'>): boolean =>
  viewer.kind === 'admin' || (viewer.kind === 'organizer' && viewer.userId === event.ownerId);

/** Drafts are for those who keep them. */
export const sees = (viewer: Viewer, event: Pick<Event, 'ownerId' | 'status'>): boolean =>
  event.status !== 'draft' || keeps(viewer, event);

/** Why somebody may not change an event, or look into its books; undefined: they may. What they cannot see does not exist. */
export function refusalTo(
  viewer: Viewer,
  event: Pick<Event, 'ownerId' | 'status'> | null,
): 'unknown_event' | 'not_your_event' | undefined {
  if (!event || !sees(viewer, event)) return 'unknown_event';
  return keeps(viewer, event) ? undefined : 'not_your_event';
}

/** Who changes an event, and of which version they have read it; without one they change it as it is. */
export interface Change {
  viewer: Viewer;
  version?: number | undefined;
}

/** What the ledger compares, so that nobody changes an event that has just become another's or another one. */
export const guardOf = ({ viewer, version }: Change): EventGuard => ({
  ...(viewer.kind === 'organizer' && { ownerId: viewer.userId }),
  ...(version !== undefined && { version }),
});

/** The event is of another version than the one that was to be changed. */
export interface VersionMismatch {
  outcome: 'version_mismatch';
  /** As it is now. */
  version: number;
}

export const mismatchOf = (event: Event, { version }: Change): VersionMismatch | undefined =>
  version === undefined || version === event.version
    ? undefined
    : { outcome: 'version_mismatch', version: event.version };
