import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { type AxiosRequestConfig, type AxiosResponse, isAxiosError } from 'axios';
import { Type } from 'typebox';
import {
  type BookingCall,
  BookingProblem,
  BookingView,
  type CancelBooking,
  FailureReason,
} from '../../../lib/contracts/booking.ts';
import { type ChooseSeats, ChosenSeats } from '../../../lib/contracts/seat-map.ts';
import { type JoinWaitlist, WaitlistEntryView } from '../../../lib/contracts/waitlist.ts';
import { connectionsTo } from '../../../lib/http/neighbour.ts';
import { Problem } from '../../../lib/http/problem.ts';
import type { Logger } from '../../../lib/logging/logger.ts';
import { compile } from '../../../lib/schema/ajv.ts';
import { type Unknown, unknown } from './unknown.ts';
import { waitlistAnswerOf } from './waitlist-answer.ts';

/** What a call about a booking came to. Only what was said is an outcome; everything else is `unknown` (K-4). */
export type TicketingAnswer =
  | { kind: 'booking'; booking: BookingView; canQueue?: boolean }
  /** At the door: nothing was started, for a reason that ends the booking. */
  | { kind: 'refused'; reason: FailureReason; seatIds?: string[]; canQueue?: boolean }
  /** The call itself was wrong (an unknown event, an unknown seat), or cannot be done now; the problem is for the caller. */
  | { kind: 'rejected'; problem: Problem }
  | { kind: 'not_found' }
  | Unknown;

/** What a call for the best available seats came to; without an answer nothing is held. */
export type ChoiceAnswer = { kind: 'chosen'; seatIds: string[] } | { kind: 'refused'; problem: Problem } | Unknown;

const readMs = 3_000;
/** A list is shown without positions rather than late. */
const positionsMs = 1_500;
/** Ten pages with fonts are well under it. */
const ticketBytes = 20 * 1024 * 1024;
/** The seat map of the largest hall is about 2 MB. */
const mapBytes = 20 * 1024 * 1024;

const views = compile(BookingView);
const problems = compile(BookingProblem);
const reasons = compile(FailureReason);
const choices = compile(ChosenSeats);
const choiceProblems = compile(
  Type.Object({ code: Type.String(), detail: Type.String(), largestGroup: Type.Optional(Type.Integer()) }),
);
const entryLists = compile(Type.Object({ entries: Type.Array(WaitlistEntryView) }));

/** Why a call has no answer, without the request's headers: those carry the credential. */
function causeOf(error: unknown): string {
  if (isAxiosError(error)) return error.code ?? 'no answer';
  throw error;
}

/** ticket-app's own words as a problem for our caller: status, code, detail and the field they name. */
function passOn(status: number, body: BookingProblem & { field?: unknown }): Problem {
  return new Problem(status, body.code, body.detail, {
    ...(typeof body.field === 'string' && { field: body.field }),
    ...(body.seatIds && { seatIds: body.seatIds }),
    ...(body.cancellableUntil && { cancellableUntil: body.cancellableUntil }),
  });
}

const isUnknown = (answer: { kind: string }): answer is Unknown => answer.kind === 'unknown';

function answerOf({ status, data }: AxiosResponse<unknown>): TicketingAnswer {
  if (status < 300 && views.check(data)) return { kind: 'booking', booking: data };
  if (status < 300 || !problems.check(data)) return { kind: 'unknown', cause: `status ${status}` };
  const hint = data.canQueue === undefined ? {} : { canQueue: data.canQueue };
  if (data.booking) return { kind: 'booking', booking: data.booking, ...hint };
  if (reasons.check(data.code)) {
    return { kind: 'refused', reason: data.code, ...(data.seatIds && { seatIds: data.seatIds }), ...hint };
  }
  if (data.code === 'booking_not_found') return { kind: 'not_found' };
  const isOfTheCall = [400, 404, 409, 422].includes(status) && data.code !== 'route_not_found';
  return isOfTheCall
    ? { kind: 'rejected', problem: passOn(status, data) }
    : unknown(`${status} ${data.code}`, data.code);
}

function choiceOf({ status, data }: AxiosResponse<unknown>): ChoiceAnswer {
  if (status < 300 && choices.check(data)) return { kind: 'chosen', seatIds: data.seatIds };
  if (![400, 404, 409].includes(status) || !choiceProblems.check(data) || data.code === 'route_not_found') {
    return { kind: 'unknown', cause: `status ${status}` };
  }
  const { code, detail, largestGroup } = data;
  const members = largestGroup === undefined ? {} : { largestGroup };
  return { kind: 'refused', problem: new Problem(status, code, detail, members) };
}

/** Of a page of the catalogue, what is ticket-app's to say: how it may be cached, and how its bytes are packed. */
const toldWithPage = ['etag', 'cache-control', 'last-modified', 'content-encoding', 'vary'];

export interface CataloguePage {
  status: number;
  type: string;
  /** Those that say how it may be cached, and how its bytes are packed. */
  headers: Record<string, string>;
  body: Buffer;
}

export type TicketingClient = ReturnType<typeof createTicketingClient>;

/** ticket-app, called with the service credential over kept-alive connections. */
export function createTicketingClient(baseUrl: string, secret: string, log: Logger) {
  const http = connectionsTo({ name: 'ticket-app', baseUrl, timeoutMs: readMs, secret });
  // Not those of the calls: a line is taken for as long as somebody listens.
  const lines = baseUrl.startsWith('https:') ? { httpsAgent: new SecureAgent() } : { httpAgent: new Agent() };

  async function answerTo<Answer extends { kind: string }>(
    config: AxiosRequestConfig,
    read: (response: AxiosResponse<unknown>) => Answer | Unknown,
  ): Promise<Answer | Unknown> {
    let answer: Answer | Unknown;
    try {
      answer = read(await http.request(config));
    } catch (error) {
      const cause = causeOf(error);
      answer = unknown(cause, cause);
    }
    if (isUnknown(answer)) {
      log.warn({ method: config.method, url: config.url, cause: answer.cause }, 'no answer of ticket-app');
    }
    return answer;
  }
  const ask = (config: AxiosRequestConfig) => answerTo(config, answerOf);
  const askOfWaitlist = (config: AxiosRequestConfig) => answerTo(config, waitlistAnswerOf);

  return {
    /** Chooses seats side by side, and holds none. */
    chooseSeats: (eventId: string, wanted: ChooseSeats) =>
      answerTo(
        { method: 'POST', url: `/events/${encodeURIComponent(eventId)}/best-available`, data: wanted },
        choiceOf,
      ),

    /** Books, or attaches to the booking of this id. Waits until `timeoutMs` for an answer. */
    book: (call: BookingCall, timeoutMs: number) =>
      ask({ method: 'POST', url: '/bookings', data: call, timeout: timeoutMs }),

    booking: (bookingId: string) => ask({ method: 'GET', url: `/bookings/${bookingId}` }),

    /** Waits until `timeoutMs` for an answer. */
    cancel: (bookingId: string, how: CancelBooking, timeoutMs: number) =>
      ask({
        method: 'POST',
        url: `/bookings/${bookingId}/cancel`,
        data: how,
        timeout: timeoutMs,
      }),

    /** Puts somebody into a seat's queue, or finds this entry there. Waits until `timeoutMs` for an answer. */
    joinWaitlist: (call: JoinWaitlist, timeoutMs: number) =>
      askOfWaitlist({ method: 'POST', url: '/waitlist-entries', data: call, timeout: timeoutMs }),

    waitlistEntry: (entryId: string) => askOfWaitlist({ method: 'GET', url: `/waitlist-entries/${entryId}` }),

    leaveWaitlist: (entryId: string, timeoutMs: number) =>
      askOfWaitlist({ method: 'POST', url: `/waitlist-entries/${entryId}/leave`, data: {}, timeout: timeoutMs }),

    /** A person's active entries with their positions, their history perhaps left out; undefined if ticket-app is away. */
    async activeEntries(customerId: string): Promise<WaitlistEntryView[] | undefined> {
      const config = { method: 'GET', url: '/waitlist-entries', params: { customerId, active: true } };
      const answer = await answerTo({ ...config, timeout: positionsMs }, ({ status, data }) =>
        status === 200 && entryLists.check(data)
          ? { kind: 'entries' as const, entries: data.entries }
          : { kind: 'unknown', cause: `status ${status}` },
      );
      return answer.kind === 'entries' ? answer.entries : undefined;
    },

    /** The ticket's PDF, or undefined if it cannot be had now. */
    async ticketPdf(bookingId: string): Promise<Buffer | undefined> {
      try {
        const { status, data } = await http.get<Buffer>(`/bookings/${bookingId}/ticket.pdf`, {
          responseType: 'arraybuffer',
          maxContentLength: ticketBytes,
        });
        return status === 200 ? data : undefined;
      } catch (error) {
        log.warn({ bookingId, cause: causeOf(error) }, 'the ticket could not be fetched');
        return undefined;
      }
    },

    /**
     * A page of ticket-app's catalogue as it is, unread and not unpacked; undefined if ticket-app is away. `asked` are
     * headers of whoever asks.
     */
    async read(path: string, query: string, asked: Record<string, string> = {}): Promise<CataloguePage | undefined> {
      try {
        const { status, headers, data } = await http.get<Buffer>(query === '' ? path : `${path}?${query}`, {
          responseType: 'arraybuffer',
          maxContentLength: mapBytes,
          decompress: false,
          headers: { 'Accept-Encoding': 'identity', ...asked },
        });
        const type = headers['content-type'];
        const told = toldWithPage.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : []));
        return {
          status,
          type: typeof type === 'string' ? type : 'application/octet-stream',
          headers: Object.fromEntries(told),
          body: data,
        };
      } catch (error) {
        log.warn({ path, cause: causeOf(error) }, 'no answer of ticket-app');
        return undefined;
      }
    },

    /** The stream of an event's seats, for as long as it lasts; its answer is there when its first line is. Rejects if ticket-app is away. */
    async listen(path: string, query: string, lastEventId: string): Promise<{ status: number; stream: Readable }> {
      const giveUp = new AbortController();
      const timer = setTimeout(() => giveUp.abort(), readMs);
      try {
        const { status, data } = await http.get<Readable>(query === '' ? path : `${path}?${query}`, {
          responseType: 'stream',
          decompress: false,
          timeout: 0,
          signal: giveUp.signal,
          ...lines,
          headers: { 'Accept-Encoding': 'identity', ...(lastEventId !== '' && { 'Last-Event-ID': lastEventId }) },
        });
        return { status, stream: data };
      } finally {
        clearTimeout(timer);
      }
    },

    /** Rejects when ticket-app is not alive. For `/readyz`. */
    async check(): Promise<void> {
      const { status } = await http.get('/healthz').catch((error: unknown) => ({ status: causeOf(error) }));
      if (status !== 200) throw new Error(`ticket-app: ${status}`);
    },
  };
}
