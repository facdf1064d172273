// Judges a run by what people were told: each rule is a pure function of the history.
import type { Said } from '../race/recorder.ts';
import type { EndedBooking, History } from './history.ts';

/** Something that people were told, and that is not so. */
export interface Contradiction {
  rule: string;
  what: string;
  ids: string[];
}

type Rule = (history: History) => Contradiction[];

const contradictionIf = (is: boolean, rule: string, what: string, ids: string[]): Contradiction[] =>
  is ? [{ rule, what, ids }] : [];

function grouped<T>(list: readonly T[], keyOf: (one: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const key = keyOf(one);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}

const isDone = ({ status }: Said): boolean => status !== undefined && status < 300;
const doing = (said: readonly Said[], what: Said['asked']['do']): Said[] =>
  said.filter(({ asked }) => asked.do === what);
/** When somebody first asked to cancel a booking. */
const cancelOf = ({ said }: History, bookingId: string): number | undefined => {
  const asked = doing(said, 'cancel').filter(({ asked: { id } }) => id === bookingId);
  return asked.length > 0 ? Math.min(...asked.map(({ from }) => from)) : undefined;
};

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
const nothingTwice: Rule = ({ said, bookings, invoices }) => {
  const nameOf = (who: string, eventId = '', seatIds: string[] = []) => `${who} ${eventId} ${seatIds.toSorted()}`;
  const calls = grouped(doing(said, 'book'), ({ who, asked }) => nameOf(who, asked.eventId, asked.seatIds));
  const called = bookings.filter(({ isOffer }) => !isOffer);
  const made = grouped(called, ({ customerId, eventId, seatIds }) => nameOf(customerId, eventId, seatIds));
  const keys = new Set(doing(said, 'pay').map(({ asked }) => asked.key));
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
const neverBackwards: Rule = ({ said, seen, bookings }) => {
  const looks = [
    ...seen,
    // An answer about a place in a queue has the version of that place.
    ...[...doing(said, 'book'), ...doing(said, 'cancel')].flatMap(
      ({ from, to, told: { bookingId, version, status } }) =>
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

/** What was shown as sold is sold, unless it was cancelled; and what was paid and not cancelled is sold. */
const soldIsSold: Rule = (history) => {
  const seenSold = new Set(history.seen.filter(({ status }) => status === 'CONFIRMED').map((one) => one.bookingId));
  const paidFor = new Set(
    history.invoices.flatMap(({ bookingId, attempts }) =>
      attempts.some(({ outcome }) => outcome === 'paid') ? [bookingId] : [],
    ),
  );
  return history.bookings.flatMap(({ bookingId, status }) => {
    if (status === 'CONFIRMED' || cancelOf(history, bookingId) !== undefined) return [];
    const wrong = (what: string) => [{ rule: 'sold is sold', what, ids: [bookingId] }];
    if (seenSold.has(bookingId)) return wrong(`It was shown as sold, nobody cancelled it, and it is ${status}.`);
    return paidFor.has(bookingId) ? wrong(`It was paid, nobody cancelled it, and it is ${status}.`) : [];
  });
};

interface Ownership {
  bookingId: string;
  from: number;
  to: number;
}

/** When the seats were surely a booking's, by what its buyer was told: held until its time is over, sold until given back. */
function ownershipOf(history: History, { bookingId, status }: EndedBooking): Ownership[] {
  const cancelledAt = cancelOf(history, bookingId) ?? Number.POSITIVE_INFINITY;
  const pays = doing(history.said, 'pay').filter(({ asked }) => asked.id === bookingId);
  // Three tries end it when all of them are declined.
  const mayEndAt = Math.min(cancelledAt, pays.toSorted((a, b) => a.from - b.from)[2]?.from ?? Number.POSITIVE_INFINITY);
  const held = doing(history.said, 'book').flatMap(({ to, told }) =>
    told.bookingId === bookingId && told.status === 'AWAITING_PAYMENT' && told.expiresAt
      ? [{ bookingId, from: to, to: Math.min(mayEndAt, Date.parse(told.expiresAt)) }]
      : [],
  );
  const looks = history.seen.filter((one) => one.bookingId === bookingId && one.status === 'CONFIRMED');
  const last = status === 'CONFIRMED' ? Number.POSITIVE_INFINITY : Math.max(...looks.map(({ from }) => from));
  const sold = { bookingId, from: Math.min(...looks.map(({ to }) => to)), to: Math.min(cancelledAt, last) };
  return [...held, sold].filter(({ from, to }) => from < to);
}

/** A seat is one buyer's at a time. */
const oneWinner: Rule = (history) => {
  const known = new Map(history.bookings.map((booking) => [booking.bookingId, ownershipOf(history, booking)]));
  const bySeat = grouped(
    history.bookings.flatMap(({ bookingId, eventId, seatIds }) =>
      seatIds.map((seatId) => ({ bookingId, seat: `${eventId}/${seatId}` })),
    ),
    ({ seat }) => seat,
  );
  return [...bySeat].flatMap(([seat, list]) => {
    const inOrder = list.flatMap(({ bookingId }) => known.get(bookingId) ?? []).toSorted((a, b) => a.from - b.from);
    const clash = inOrder.flatMap((one, i) =>
      inOrder.slice(i + 1).filter((later) => later.bookingId !== one.bookingId && later.from < one.to),
    );
    const ids = [seat, ...new Set(inOrder.map(({ bookingId }) => bookingId))];
    return contradictionIf(clash.length > 0, 'one winner', 'A seat was two buyers’ at one time.', ids);
  });
};

/** Whoever was in a queue before another one asked to join comes before them. */
const joinOrder: Rule = ({ said, entries }) => {
  const joins = grouped(doing(said, 'join'), ({ asked }) => asked.key);
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

/** Nobody meets an error that nobody thought of. */
const noSurprise: Rule = ({ said }) =>
  said.flatMap(({ status, asked, who }) => {
    const what = `A call to ${asked.do} was answered ${status}.`;
    return contradictionIf(status !== undefined && status >= 500 && status !== 503, 'no surprise', what, [who]);
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
  return [...rules, decidedOnce(outcomeOf)].flatMap((rule) => rule(history));
}
