import { ago, type Terminal, table } from '../terminal.ts';
import type { WholeBooking } from './collect.ts';
import type { Finding } from './diagnose.ts';

const rupiah = (amount: number) => `Rp${amount.toLocaleString('id-ID')}`;

/** One line: whether anything is the matter, and what to do. */
function headline({ bookingId, history, ticketing }: WholeBooking, findings: readonly Finding[], { paint }: Terminal) {
  const { status, reason } = ticketing?.booking ?? history ?? {};
  const name = `${history?.bookingNumber ?? ticketing?.booking.bookingNumber ?? bookingId} ${status ?? 'unknown'}${reason ? ` (${reason})` : ''}`;
  const [first] = findings;
  if (!first) return paint('green', `${name}: everybody agrees, nothing is stuck.`);
  return paint(first.level === 'wrong' ? 'red' : 'yellow', `${name}: ${first.what}. ${first.todo}`);
}

function seats({ ticketing }: WholeBooking): string[] {
  return table(
    (ticketing?.seats ?? []).map(({ seatId, status, heldBy, closed, waitlisted }) => [
      `  ${seatId}`,
      status,
      heldBy.replaceAll('_', ' '),
      [closed && `closed: ${closed}`, waitlisted && 'somebody waits'].filter(Boolean).join(', '),
    ]),
  );
}

function money({ invoice, ticketing }: WholeBooking): string[] {
  if (!invoice) return [`  ${invoice === null ? 'no invoice' : 'not known: payment-app is away'}`];
  const { refund } = invoice;
  return [
    `  ${invoice.invoiceNumber}  ${invoice.status}  ${rupiah(invoice.amount)}  ${invoice.triesLeft} tries left${invoice.voidRequested ? ', void requested' : ''}`,
    ...invoice.attempts.map(
      ({ method, startedAt, outcome }) => `  payment by ${method}, ${startedAt}: ${outcome ?? 'being processed'}`,
    ),
    ...(refund
      ? [
          `  refund ${refund.status}, ${rupiah(refund.amount)}, asked for ${refund.requestedAt} (${refund.reason}), ${refund.tries.length} tries`,
        ]
      : []),
    ...(ticketing?.booking.refund ? [`  the booking says: refund ${ticketing.booking.refund.status}`] : []),
  ];
}

function workflows({ workflows: runs }: WholeBooking): string[] {
  if (!runs) return ['  not known: Temporal is away'];
  if (runs.length === 0) return ['  none'];
  return runs.flatMap(({ workflowId, status, details, startedAt, closedAt, pending, url }) => [
    `  ${workflowId}  ${status}  began ${startedAt}${closedAt ? `, ended ${closedAt}` : ''}`,
    ...(details ? [`    ${details}`] : []),
    ...pending.map(
      ({ step, attempt, lastFailure }) =>
        `    step ${step}, attempt ${attempt}${lastFailure ? `: ${lastFailure}` : ''}`,
    ),
    ...(url ? [`    ${url}`] : []),
  ]);
}

function ticket({ ticketing, history }: WholeBooking): string[] {
  const record = ticketing?.ticket;
  if (!record) return ['  none'];
  const used = record.usedSeatIds.length > 0 ? `, used: ${record.usedSeatIds.join(', ')}` : '';
  const stored = history?.hasTicketFile ? 'client-app has the file' : 'client-app does not have the file';
  return [`  ${record.status}${record.hasFile ? '' : ', no file'}${used}; ${stored}`];
}

function webhooks({ ticketing, paymentDeliveries }: WholeBooking): string[] {
  const sent = [
    ...(ticketing?.deliveries ?? []).map((delivery) => ({ from: 'ticket-app', ...delivery })),
    ...(paymentDeliveries ?? []),
  ].sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
  if (sent.length === 0) return ['  none'];
  return table(
    sent.map(({ from, type, status, tries, webhookId, lastError }) => [
      `  ${from}`,
      type,
      status,
      `${tries} tries`,
      webhookId,
      status === 'delivered' ? '' : (lastError ?? ''),
    ]),
  );
}

/** The booking on a few screens' lines: what is the matter first, then service by service. */
export function renderBooking(booking: WholeBooking, findings: readonly Finding[], terminal: Terminal): void {
  const { line, paint } = terminal;
  const section = (title: string, lines: readonly string[]) => {
    line(paint('bold', title));
    for (const text of lines) line(text);
  };
  const { history, ticketing } = booking;
  line(headline(booking, findings, terminal));
  for (const { level, what, todo } of findings.slice(1)) line(`  ${level}: ${what}. ${todo}`);
  line();
  section('Booking', [
    `  id ${booking.bookingId}, customer ${ticketing?.booking.customerId ?? history?.customerId ?? 'unknown'}, event ${ticketing?.booking.eventId ?? 'unknown'}`,
    `  client-app   ${history ? `${history.status}, version ${history.version}, written ${ago(history.updatedAt)} ago` : history === null ? 'does not know it' : 'is away'}`,
    `  ticket-app   ${ticketing ? `${ticketing.booking.status}, version ${ticketing.booking.version}, changed ${ago(ticketing.changedAt)} ago` : ticketing === null ? 'does not know it' : 'is away'}`,
  ]);
  section('Seats', seats(booking));
  section('Workflows', workflows(booking));
  section('Money', money(booking));
  section('Ticket', ticket(booking));
  const entry = ticketing?.waitlistEntry;
  if (entry) section('Queue', [`  entry ${entry.entryId} for seat ${entry.seatId}: ${entry.status}`]);
  section('Webhooks', webhooks(booking));
  section('Timeline', table((ticketing?.booking.timeline ?? []).map(({ at, step, text }) => [`  ${at}`, step, text])));
}
