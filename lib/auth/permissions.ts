/**
 * Who calls. People are known by their access token, and by the role that their account has at present; services by their
 * secret, senders of webhooks by their signature, payers by the token of the payment URL that was sent to them.
 */
export type Party = 'anyone' | Person | 'service' | 'webhook' | 'payer';
type Person = 'buyer' | 'organizer' | 'admin';

/** Whoever is signed in: organizers and admins buy tickets too. */
const people = ['buyer', 'organizer', 'admin'] as const;
const keepers = ['organizer', 'admin'] as const;
/** What services read for the buyers whom they stand for, organizers and admins read for themselves. */
const readers = ['service', ...keepers] as const;

/**
 * Who may do what, of every route of every service: this is the only place where it is said, a route
 * names its line, and a test tries every route as every party.
 *
 * A line says who may call. What they reach by it is theirs: buyers their own account, bookings and places in queues,
 * `organizer` the events that they own, with the seats, tickets and buyers of these; admins reach all of it. What belongs
 * to somebody else answers as if it did not exist (404) or, where it can be seen by all, 403.
 */
export const permissions = {
  // Every service
  'health.read': ['anyone'],
  'metrics.read': ['anyone'],
  'reference.read': ['anyone'],
  'keys.read': ['anyone'],
  'webhooks.receive': ['webhook'],
  'webhookDeliveries.read': ['service'],
  'webhookDeliveries.replay': ['service'],
  'operations.read': ['service'],
  'operations.act': ['service'],

  // client-app: accounts
  'users.create': ['anyone'],
  'users.list': ['admin'],
  'users.read': people,
  'users.change': people,
  'users.delete': people,
  'sessions.create': ['anyone'],
  /** Whoever has the refresh token. */
  'sessions.refresh': ['anyone'],
  'sessions.read': people,
  'sessions.end': people,

  // client-app: what buyers do
  'catalogue.read': ['anyone'],
  'bookings.create': people,
  'bookings.read': people,
  'bookings.cancel': people,
  'tickets.read': people,
  'waitlist.join': people,
  'waitlist.read': people,
  'waitlist.leave': people,

  // ticket-app: events and seats
  'events.read': readers,
  'events.create': keepers,
  'events.change': keepers,
  'events.delete': keepers,
  'seats.read': readers,
  'seats.change': keepers,
  'eventBookings.read': keepers,
  'queues.read': ['admin'],
  'tickets.checkIn': readers,
  'revokedTickets.read': readers,

  // ticket-app: what client-app asks for in a buyer's name
  'buyerBookings.create': ['service'],
  'buyerBookings.read': ['service'],
  'buyerBookings.cancel': ['service'],
  'buyerTickets.read': ['service'],
  'buyerWaitlist.join': ['service'],
  'buyerWaitlist.read': ['service'],
  'buyerWaitlist.leave': ['service'],

  // payment-app
  'invoices.create': ['service'],
  'invoices.read': ['service'],
  'invoices.readByToken': ['service', 'payer'],
  'invoices.void': ['service'],
  'refunds.create': ['service'],
  'payments.read': ['payer'],
  'payments.pay': ['payer'],

  // The organizers' systems, which know the services that call them by keys of their own
  'holds.create': ['service'],
  'holds.release': ['service'],
  'holds.read': ['service'],
  'control.use': ['service'],
} as const satisfies Record<string, readonly Party[]>;

export type Permission = keyof typeof permissions;

/** Whether the table lets a party in. */
export function mayUse(permission: Permission, party: Party): boolean {
  const parties: readonly Party[] = permissions[permission];
  return parties.includes('anyone') || parties.includes(party);
}
