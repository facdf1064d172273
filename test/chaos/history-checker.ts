// Judges a run by what people were told: each rule is a pure function of the history.
import type { Said } from '../race/recorder.ts';
import { grouped, type History, type KnownHistory, known } from './history.ts';
import { ownershipsBySeat } from './ownership.ts';

/** Something that people were told, and that is not so. */
export interface Contradiction {
  rule: string;
  what: string;
  ids: string[];
}

type Rule = (history: KnownHistory) => Contradiction[];

const contradictionIf = (is: boolean, rule: string, what: string, ids: string[]): Contradiction[] =>
  is ? [{ rule, what, ids }] : [];

const isDone = ({ status }: Said): boolean => status !== undefined && status < 300;
/** A repeat with the same key is told of the same booking, place or try. */
const sameKeySameEffect: Rule = ({ said }) =>
  [...grouped(said, ({ who, asked }) => asked.key && `${who} ${asked.do} ${asked.key}`)].flatMap(([key, repeats]) => {
    const ids = new Set(repeats.flatMap(({ told }) => told.attemptId ?? told.entryId ?? told.bookingId ?? []));
    const [what] = key.split(' ').slice(1);
    return contradictionIf(ids.size > 1, 'one key, one effect', `One call to ${what} had ${ids.size} effects.`, [
      ...ids,
    ]);
  });

/** There is no booking that nobody asked for, and no try to pay. */
const nothingTwice: Rule = ({ of, bookings, invoices }) => {
  const nameOf = (who: string, eventId = '', seatIds: string[] = []) => `${who} ${eventId} ${seatIds.toSorted()}`;
  const calls = grouped(of('book'), ({ who, asked }) => nameOf(who, asked.eventId, asked.seatIds));
  const called = bookings.filter(({ isOffer }) => !isOffer);
  const made = grouped(called, ({ customerId, eventId, seatIds }) => nameOf(customerId, eventId, seatIds));
  const keys = new Set(of('pay').map(({ asked }) => asked.key));
  return [
    ...[...made].flatMap(([name, list]) => {
      const wanted = new Set(calls.get(name)?.map(({ asked }) => asked.key)).size;
      const what = `${wanted} calls to book made ${list.length} bookings.`;
      const ids = list.map(({ bookingId }) => bookingId);
      return contradictionIf(list.length > wanted, 'nothing twice', what, ids);
    }),
    ...invoices.flatMap(({ bookingId, attempts }) => {
      const tries = attempts.map(({ key }) => key);
      const isOdd = new Set(tries).size < tries.length || tries.some((key) => !keys.has(key));
      return contradictionIf(isOdd, 'nothing twice', 'A payment was tried that nobody asked for.', [bookingId]);
    }),
  ];
};

/** Whatever was answered with a 2xx is there. */
const acknowledged: Rule = ({ said, bookings, entries, invoices }) => {
  const booking = new Map(bookings.map((one) => [one.bookingId, one.status]));
  const entry = new Map(entries.map((one) => [one.entryId, one.status]));
  const tries = new Set(invoices.flatMap(({ attempts }) => attempts.map(({ attemptId }) => attemptId)));
  const lost = (what: string, id: string) => contradictionIf(true, 'nothing acknowledged is lost', what, [id]);
  return said.filter(isDone).flatMap(({ asked, told, status }) => {
    const { bookingId = '', entryId = '', attemptId = '' } = told;
    const isEnd = ['CANCELLED', 'FAILED', 'LEFT', 'LAPSED', 'DECLINED'].includes(told.status ?? '');
    if (asked.do === 'book' && !booking.has(bookingId))
      return lost('A booking was acknowledged, and is gone.', bookingId);
    // 202: whether the place has been taken is told later.
    if (asked.do === 'join' && status === 201 && !entry.has(entryId))
      return lost('A place in a queue was acknowledged, and is gone.', entryId);
    if (asked.do === 'pay' && !tries.has(attemptId)) return lost('A payment was acknowledged, and is gone.', attemptId);
    const now = asked.do === 'cancel' ? booking.get(asked.id ?? '') : entry.get(asked.id ?? '');
    if ((asked.do === 'cancel' || asked.do === 'leave') && isEnd && now !== told.status)
      return lost(`It was told to be ${told.status}, and is ${now ?? 'gone'}.`, asked.id ?? '');
    return [];
  });
};

/** What a buyer has seen of a booking never goes back. */
const neverBackwards: Rule = ({ of, seen, bookings }) => {
  const looks = [
    ...seen,
    // An answer about a place in a queue has the version of that place.
    ...[...of('book'), ...of('cancel')].flatMap(({ from, to, told: { bookingId, version, status } }) =>
      bookingId !== undefined && version !== undefined ? [{ from, to, bookingId, version, status }] : [],
    ),
  ];
  const lastVersion = new Map(bookings.map(({ bookingId, version }) => [bookingId, version]));
  return [...grouped(looks, ({ bookingId }) => bookingId)].flatMap(([bookingId, list]) => {
    const end = { from: Number.POSITIVE_INFINITY, version: lastVersion.get(bookingId) ?? -1 };
    const isBack = [...list, end].some((late) =>
      list.some((early) => early.to < late.from && early.version > late.version),
    );
    return contradictionIf(isBack, 'never backwards', 'An older version was shown after a newer one.', [bookingId]);
  });
};

/** A cancellation that was not taken for refused: an answer that is lost, or a 503, leaves open whether it was begun. */
const mayHaveCancelled = ({ status }: Said): boolean => status === undefined || status < 300 || status === 503;

/** What was shown as sold is sold, unless its buyer cancelled it; and what was paid and not cancelled is sold. */
const soldIsSold: Rule = (history) => {
  const seenSold = new Set(history.seen.filter(({ status }) => status === 'CONFIRMED').map((one) => one.bookingId));
  const paidFor = new Set(
    history.invoices.flatMap(({ bookingId, attempts }) =>
      attempts.some(({ outcome }) => outcome === 'paid') ? [bookingId] : [],
    ),
  );
  const cancelled = new Set(
    history
      .of('cancel')
      .filter(mayHaveCancelled)
      .map(({ asked }) => asked.id),
  );
  return history.bookings.flatMap(({ bookingId, status }) => {
    if (status === 'CONFIRMED' || (status === 'CANCELLED' && cancelled.has(bookingId))) return [];
    const wrong = (what: string) => [{ rule: 'sold is sold', what, ids: [bookingId] }];
    if (seenSold.has(bookingId)) return wrong(`It was shown as sold, nobody cancelled it, and it is ${status}.`);
    return paidFor.has(bookingId) ? wrong(`It was paid, nobody cancelled it, and it is ${status}.`) : [];
  });
};

/** A seat is one buyer's at a time. */
const oneWinner: Rule = (history) =>
  [...ownershipsBySeat(history)].flatMap(([seat, list]) => {
    const inOrder = list.toSorted((a, b) => a.from - b.from);
    const clashes = inOrder.flatMap((one, i) =>
      inOrder.slice(i + 1).filter((later) => later.bookingId !== one.bookingId && later.from < one.to),
    );
    const ids = [seat, ...new Set(inOrder.map(({ bookingId }) => bookingId))];
    return contradictionIf(clashes.length > 0, 'one winner', 'A seat was two buyers’ at one time.', ids);
  });

/** Whoever was in a queue before another one asked to join comes before them. */
const joinOrder: Rule = ({ of, entries }) => {
  const joins = grouped(of('join'), ({ asked }) => asked.key);
  const times = new Map<string, { from: number; to: number }>();
  for (const repeats of joins.values()) {
    const done = repeats.filter(({ status }) => status === 201);
    const entryId = done[0]?.told.entryId;
    if (entryId === undefined) continue;
    times.set(entryId, {
      from: Math.min(...repeats.map(({ from }) => from)),
      to: Math.min(...done.map(({ to }) => to)),
    });
  }
  return [...grouped(entries, ({ eventId, seatId }) => `${eventId}/${seatId}`).values()].flatMap((queue) =>
    queue.flatMap((first) =>
      queue.flatMap((second) => {
        const [earlier, later] = [times.get(first.entryId), times.get(second.entryId)];
        if (!earlier || !later || earlier.to >= later.from) return [];
        const passed = second.offeredAt.some(
          (at) => (first.endedAt ?? Number.POSITIVE_INFINITY) > at && !first.offeredAt.some((mine) => mine <= at),
        );
        const ids = [first.entryId, second.entryId];
        return [
          ...contradictionIf(first.seq >= second.seq, 'join order', 'Who joined later has the place before.', ids),
          ...contradictionIf(passed, 'join order', 'Who joined later was offered the seat before.', ids),
        ];
      }),
    ),
  );
};

/** Money is taken once, and is not kept without a sale. */
const chargedOnce: Rule = ({ bookings, invoices }) => {
  const statusOf = new Map(bookings.map(({ bookingId, status }) => [bookingId, status]));
  return invoices.flatMap(({ bookingId, attempts, isRefunded }) => {
    const paid = attempts.filter(({ outcome }) => outcome === 'paid').length;
    const isSold = statusOf.get(bookingId) === 'CONFIRMED';
    const wrong = (is: boolean, what: string) => contradictionIf(is, 'charged once', what, [bookingId]);
    return [
      ...wrong(paid > 1, `The booking was charged ${paid} times.`),
      ...wrong(paid === 1 && !isSold && !isRefunded, 'The money was taken and kept, and nothing was sold.'),
      ...wrong(isSold && (paid === 0 || isRefunded), 'The booking is sold, and nobody pays for it.'),
    ];
  });
};

/** A try to pay ends as the seed says, however often it was begun: `outcomeOf` says how. */
const decidedOnce =
  (outcomeOf: (attempt: { attemptId: string; method: string }) => string): Rule =>
  ({ invoices }) =>
    invoices.flatMap(({ attempts }) =>
      attempts.flatMap(({ attemptId, method, outcome }) => {
        const expected = outcomeOf({ attemptId, method });
        const what = `A try to pay was ${outcome}; it was to be ${expected} whenever it is decided.`;
        return contradictionIf(outcome !== undefined && outcome !== expected, 'decided once', what, [attemptId]);
      }),
    );

/**
 * What each call may be answered, as these people make them: they are signed in, ask well-formed questions, and only about
 * what is theirs. So 400, 401, 403 and 404 are as much of a surprise as 500.
 */
const thoughtOf: Record<Said['asked']['do'], readonly number[]> = {
  book: [201, 202, 402, 409, 410, 503],
  look: [200, 503],
  pay: [202, 409, 410, 503],
  cancel: [200, 202, 409, 503],
  join: [201, 202, 409, 503],
  leave: [200, 202, 409, 503],
  close: [200, 409, 503],
  reopen: [200, 409, 503],
};

/** Nobody meets an answer that nobody thought of. */
const noSurprise: Rule = ({ said }) =>
  said.flatMap(({ status, asked, who }) => {
    const what = `A call to ${asked.do} was answered ${status}.`;
    const isSurprise = status !== undefined && !thoughtOf[asked.do].includes(status);
    return contradictionIf(isSurprise, 'no surprise', what, [who, ...(asked.id === undefined ? [] : [asked.id])]);
  });

const rules: readonly Rule[] = [
  sameKeySameEffect,
  nothingTwice,
  acknowledged,
  neverBackwards,
  soldIsSold,
  oneWinner,
  joinOrder,
  chargedOnce,
  noSurprise,
];

/** What people were told and is not so; empty if all is well. A pure function. */
export function contradictions(
  history: History,
  outcomeOf: (attempt: { attemptId: string; method: string }) => string,
): Contradiction[] {
  const whole = known(history);
  return [...rules, decidedOnce(outcomeOf)].flatMap((rule) => rule(whole));
}
