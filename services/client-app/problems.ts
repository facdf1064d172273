import { Type } from 'typebox';
import { Id } from '../../lib/contracts/primitives.ts';
import type { ProblemCatalogue } from '../../lib/http/problem-catalogue.ts';

const field = Type.Optional(Type.String({ examples: ['body.email'] }));

/** What client-app may answer with beside what every service may. */
export const problems = {
  user_not_found: { status: 404, means: 'There is no such user, or it is not you.' },
  email_taken: {
    status: 409,
    means: 'Somebody has registered with this address: sign in, or use another one.',
    members: { field },
  },
  wrong_credentials: { status: 401, means: 'The e-mail address or the password is wrong.' },
  current_password_required: {
    status: 400,
    means: 'To change the address or the password, send the present password too.',
    members: { field },
  },
  wrong_password: { status: 403, means: '`currentPassword` is not the present password.', members: { field } },
  last_admin: { status: 409, means: 'There would be no admin left: make somebody else one first.' },
  user_has_bookings: {
    status: 409,
    means: 'There are unpaid bookings, tickets for events to come or refunds on their way: end these first.',
    members: { bookingIds: Type.Array(Id, { description: 'Some of them.' }) },
  },
  offered: {
    status: 409,
    means: 'The seat is offered to you: pay for the booking, or cancel it.',
    members: { entryId: Id, bookingId: Id, cancelUrl: Type.String({ examples: ['/bookings/b1/cancel'] }) },
  },
  waitlist_entry_not_found: { status: 404, means: 'There is no such place in a queue, or it is not yours.' },
  waitlist_entry_not_begun: {
    status: 409,
    means: 'The place in the queue is being taken: try again in a moment.',
    members: { entryId: Id },
  },
  ticketing_unavailable: { status: 503, means: 'Ticketing does not answer: try again in a moment, which is safe.' },
} as const satisfies ProblemCatalogue;
