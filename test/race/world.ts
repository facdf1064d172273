// A small world in which people race for a few seats: what fast-check makes up, and nothing of how it is played.
import fc from 'fast-check';

export type PayMethod = 'card' | 'test_success' | 'test_decline' | 'test_slow_success' | 'test_slow_decline';

export type Command =
  /** Seats by their number in the world. */
  | { do: 'book'; seats: number[] }
  | { do: 'join'; seat: number }
  /** The queue joined last. */
  | { do: 'leave' }
  /** The newest unpaid booking, also an offered one, if one comes within `lookForMs`. `beforeEndMs`: before its time is over. */
  | { do: 'pay'; lookForMs: number; method: PayMethod; beforeEndMs?: number; delayMs?: number }
  | { do: 'decline to the end'; lookForMs: number }
  /** The newest booking, whatever has become of it. */
  | { do: 'cancel' }
  /** The admin's. */
  | { do: 'close' | 'reopen'; seat: number };

/** Something somebody does, so long after the step before. */
export type Step = { pauseMs: number } & Command;

export interface World {
  seats: number;
  holdSeconds: number;
  offerSeconds: number;
  /** What each person does, one thing after the other; all of them beside one another. */
  people: Step[][];
  admin: Step[];
}

/** Often at once with the others, often a moment later, now and then when a hold is about to end. */
const pause = fc.oneof(
  { arbitrary: fc.constant(0), weight: 4 },
  { arbitrary: fc.integer({ min: 1, max: 60 }), weight: 3 },
  { arbitrary: fc.integer({ min: 61, max: 900 }), weight: 3 },
  { arbitrary: fc.integer({ min: 901, max: 2_200 }), weight: 1 },
);
/** From well before the end of a hold to after it; the payment app works 300 ms on an ordinary try. */
const beforeEndMs = fc.integer({ min: -150, max: 700 });

/** Some look whether there is something to pay; some wait until they are offered the seat. */
const lookForMs = fc.constantFrom(300, 2_000, 6_000);
const paying = { do: fc.constant('pay' as const), lookForMs };
const pay = fc.oneof(
  fc.record({ ...paying, method: fc.constantFrom<PayMethod>('test_success', 'card', 'test_decline') }),
  fc.record({ ...paying, method: fc.constant<PayMethod>('test_success') }),
  fc.record({ ...paying, method: fc.constant<PayMethod>('test_success'), beforeEndMs }),
  fc.record({
    ...paying,
    method: fc.constantFrom<PayMethod>('test_slow_success', 'test_slow_decline'),
    beforeEndMs,
    delayMs: fc.integer({ min: 0, max: 900 }),
  }),
);

function personSteps(seats: number): fc.Arbitrary<Step[]> {
  const seat = fc.nat(seats - 1);
  const someSeats = fc.uniqueArray(seat, { minLength: 1, maxLength: seats });
  const command: fc.Arbitrary<Command> = fc.oneof(
    { arbitrary: fc.record({ do: fc.constant('book' as const), seats: someSeats }), weight: 3 },
    { arbitrary: fc.record({ do: fc.constant('join' as const), seat }), weight: 6 },
    { arbitrary: fc.record({ do: fc.constant('leave' as const) }), weight: 2 },
    { arbitrary: pay, weight: 8 },
    { arbitrary: fc.record({ do: fc.constant('decline to the end' as const), lookForMs }), weight: 1 },
    { arbitrary: fc.record({ do: fc.constant('cancel' as const) }), weight: 4 },
  );
  const step = fc.tuple(pause, command).map(([pauseMs, what]): Step => ({ pauseMs, ...what }));
  /** What most people mean to do: wait for the seat and then pay; pay and then think better of it. */
  const intent: fc.Arbitrary<Step[]> = fc.oneof(
    { arbitrary: step.map((one) => [one]), weight: 4 },
    { arbitrary: fc.tuple(pause, seat, pay).map(([pauseMs, n, then]) => joinAndPay(pauseMs, n, then)), weight: 2 },
    { arbitrary: fc.tuple(pay, pause).map(([first, pauseMs]) => payAndCancel(first, pauseMs)), weight: 1 },
  );
  return fc.array(intent, { minLength: 2, maxLength: 5 }).map((steps) => steps.flat());
}

const joinAndPay = (pauseMs: number, seat: number, then: Command): Step[] => [
  { pauseMs, do: 'join', seat },
  { pauseMs: 0, ...then },
];
const payAndCancel = (first: Command, pauseMs: number): Step[] => [
  { pauseMs: 0, ...first },
  { pauseMs, do: 'cancel' },
];

/** Now and then an admin closes a seat, and perhaps opens it again. */
function adminSteps(seats: number): fc.Arbitrary<Step[]> {
  const step = fc.record({
    pauseMs: fc.integer({ min: 0, max: 1_500 }),
    do: fc.constantFrom('close' as const, 'reopen' as const),
    seat: fc.nat(seats - 1),
  });
  return fc.oneof(
    { arbitrary: fc.constant<Step[]>([]), weight: 3 },
    { arbitrary: fc.array(step, { maxLength: 3 }), weight: 1 },
  );
}

/** How large a world may be, and how long people have to pay in it; each from least to most. */
export interface Rules {
  seats: readonly [number, number];
  holdSeconds: readonly [number, number];
  offerSeconds: readonly [number, number];
  /** Beside the first, who takes every seat. */
  others: readonly [number, number];
}
const raceRules: Rules = { seats: [1, 3], holdSeconds: [1, 3], offerSeconds: [2, 4], others: [3, 7] };

const from = ([min, max]: readonly [number, number]) => fc.integer({ min, max });

/** The first person takes every seat, so that the others have something to wait for; what comes then is open. */
export const worldsOf = (rules: Rules): fc.Arbitrary<World> =>
  from(rules.seats).chain((seats) =>
    fc.record({
      seats: fc.constant(seats),
      holdSeconds: from(rules.holdSeconds),
      offerSeconds: from(rules.offerSeconds),
      people: fc
        .tuple(
          personSteps(seats).map((steps): Step[] => [
            { pauseMs: 0, do: 'book', seats: Array.from({ length: seats }, (_, i) => i) },
            ...steps,
          ]),
          fc.array(
            fc
              .tuple(fc.nat(700), personSteps(seats))
              .map(([pauseMs, [first, ...steps]]): Step[] => (first ? [{ ...first, pauseMs }, ...steps] : [])),
            { minLength: rules.others[0], maxLength: rules.others[1] },
          ),
        )
        .map(([first, others]) => [first, ...others]),
      admin: adminSteps(seats),
    }),
  );

export const worlds: fc.Arbitrary<World> = worldsOf(raceRules);
