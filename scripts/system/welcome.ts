import type { EventPage } from '../../lib/contracts/event.ts';
import type { SeatPage } from '../../lib/contracts/seat.ts';
import type { Urls } from './environment.ts';

/** The accounts of the seeds; every sample user has this password. */
const SAMPLE = { buyer: 'ayu@example.com', admin: 'admin@example.com', password: 'kursi-demo-2026' };

/** What a person needs to know of a system that has started, with a booking that can be copied into a terminal. */
export async function welcome(urls: Urls, started: { dir: string; seconds: string }): Promise<string> {
  const rows = [
    ['Client App', urls.clientApp, 'the one door for buyers'],
    ['Ticket App', urls.ticketApp, 'events, seats, bookings'],
    ['Payment App', urls.paymentApp, 'invoices and the payment page'],
    ['Organizer X', urls.organizerX, 'stand-in for an organizer system'],
    ['Organizer Y', urls.organizerY, 'stand-in for another one'],
    ...(urls.temporalUi ? [['Temporal Web UI', urls.temporalUi, 'every booking, step by step']] : []),
    ['Buyer', SAMPLE.buyer, `password ${SAMPLE.password}`],
    ['Admin', SAMPLE.admin, `password ${SAMPLE.password}`],
  ];
  const seat = await openSeat(urls.clientApp);
  return [
    '',
    `Kursi is ready (${started.seconds} s).`,
    '',
    ...table(rows),
    '',
    ...(seat
      ? ['Book a seat:', '', ...bookingCommand(urls.clientApp, seat)]
      : ['Every seat is sold; npm run reset begins anew.']),
    '',
    `Data and logs are in ${started.dir}. Ctrl-C stops everything.`,
  ].join('\n');
}

function table(rows: string[][]): string[] {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([name = '', value = '', about = '']) => {
    return `  ${name.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${about}`;
  });
}

interface OpenSeat {
  eventId: string;
  seatId: string;
}

/** A seat of the running system that can be booked now. */
async function openSeat(clientApp: string): Promise<OpenSeat | undefined> {
  const { events } = await read<EventPage>(`${clientApp}/events`);
  // Not an event with a hold of its own: that one is short, to show how a hold ends.
  const bookable = events.filter(({ onSale, seats, holdSeconds }) => onSale && seats.open > 0 && !holdSeconds);
  for (const { eventId } of bookable) {
    const page = await read<SeatPage>(`${clientApp}/events/${eventId}/seats?view=list`);
    const seat = page.seats.find(({ status, closed }) => status === 'OPEN' && !closed);
    if (seat) return { eventId, seatId: seat.seatId };
  }
  return undefined;
}

async function read<Body>(url: string): Promise<Body> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Body;
}

function bookingCommand(clientApp: string, seat: OpenSeat): string[] {
  const account = JSON.stringify({ email: SAMPLE.buyer, password: SAMPLE.password });
  const booking = JSON.stringify({ eventId: seat.eventId, seatIds: [seat.seatId] });
  return [
    `  TOKEN=$(curl -s ${clientApp}/sessions -H 'content-type: application/json' \\`,
    `    -d '${account}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')`,
    `  curl -s ${clientApp}/bookings -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\`,
    `    -H "idempotency-key: first-$(date +%s)" -d '${booking}'`,
  ];
}
