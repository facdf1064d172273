import type { TicketClaims } from '../../tickets/ticket-token.ts';

export interface CheckOptions {
  keys: readonly CryptoKey[];
  now?: Date;
  eventId?: string | undefined;
  revoked?: ReadonlySet<string> | undefined;
}

export type TicketCheck =
  | { outcome: 'valid' | 'expired' | 'not_yet_valid' | 'revoked' | 'other_event'; claims: TicketClaims }
  | { outcome: 'forged' | 'not_a_ticket' | 'unreadable' };

export function keysOf(jwks: unknown): Promise<CryptoKey[]>;
export function revokedIn(list: unknown): Set<string>;
export function checkTicket(text: string, options: CheckOptions): Promise<TicketCheck>;
