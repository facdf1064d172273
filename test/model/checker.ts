import { type State, StateTable } from './state-table.ts';

export interface Step<S> {
  /** What happens, in the words of the protocols. */
  label: string;
  to: S;
  /** It happens sooner or later if nothing else does. What merely may happen (a fault, a wish) is not fair. */
  fair: boolean;
}

/** What may happen, and what must be so. A state is at rest when no fair step leads out of it. */
export interface Model<S extends State> {
  initial: S;
  steps(state: S): Step<S>[];
  /** What is wrong with a state, whatever follows. */
  broken(state: S): string | undefined;
  /** What is wrong with a state in which nothing is left to do. */
  wrongAtRest(state: S): string | undefined;
}

export interface Limits {
  states: number;
  milliseconds: number;
  /** Called now and then. */
  progress?: (found: Progress) => void;
}
export interface Progress {
  states: number;
  milliseconds: number;
}

export interface Violation<S> {
  what: string;
  /** A shortest way there. */
  steps: string[];
  state: S;
}

export interface Result<S> extends Progress {
  /** States in which nothing is left to do. */
  atRest: number;
  /** False: a limit was reached before every state was seen. */
  complete: boolean;
  violation?: Violation<S>;
}

const looksBetweenClocks = 1 << 10;
const looksBetweenProgress = 1 << 17;

/** A list of whole numbers that grows. */
class Numbers {
  length = 0;
  private values = new Int32Array(1 << 12);

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Int32Array(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  at(index: number): number {
    return this.values[index] as number;
  }
}

/**
 * Visits every state that can be reached, nearest first, and stops at the first that is wrong. When all were seen, a state
 * is wrong, too, from which no fair steps lead to rest: whatever happens there, it goes on for ever.
 */
export function explore<S extends State>(model: Model<S>, limits: Limits): Result<S> {
  const startedAt = performance.now();
  const seen = new StateTable(model.initial);
  const cameFrom = new Numbers();
  const fairFrom = new Numbers();
  const fairTo = new Numbers();
  const atRest: number[] = [];
  let complete = true;

  const milliseconds = () => performance.now() - startedAt;
  const result = (violation?: Violation<S>): Result<S> => ({
    states: seen.size,
    milliseconds: milliseconds(),
    atRest: atRest.length,
    complete,
    ...(violation && { violation }),
  });
  const wrong = (what: string, index: number) =>
    result({ what, steps: wayTo(model, seen, cameFrom, index), state: seen.get(index) });

  seen.add(model.initial);
  cameFrom.push(-1);
  for (let index = 0; index < seen.size; index++) {
    if (index % looksBetweenClocks === 0 && (seen.size > limits.states || milliseconds() > limits.milliseconds)) {
      complete = false;
      break;
    }
    if (index % looksBetweenProgress === looksBetweenProgress - 1)
      limits.progress?.({ states: seen.size, milliseconds: milliseconds() });
    const state = seen.get(index);
    const broken = model.broken(state);
    if (broken !== undefined) return wrong(broken, index);
    let rests = true;
    for (const { to, fair } of model.steps(state)) {
      const next = seen.add(to);
      if (next === cameFrom.length) cameFrom.push(index);
      if (!fair || next === index) continue;
      rests = false;
      fairFrom.push(index);
      fairTo.push(next);
    }
    if (!rests) continue;
    atRest.push(index);
    const wrongAtRest = model.wrongAtRest(state);
    if (wrongAtRest !== undefined) return wrong(`at rest: ${wrongAtRest}`, index);
  }
  const stuck = complete ? firstWithoutRest(seen.size, atRest, fairFrom, fairTo) : undefined;
  return stuck === undefined ? result() : wrong('livelock: no fair steps lead to rest from here', stuck);
}

/** The labels on the way by which a state was found first. */
function wayTo<S extends State>(model: Model<S>, seen: StateTable<S>, cameFrom: Numbers, index: number): string[] {
  const steps: string[] = [];
  for (let at = index; cameFrom.at(at) >= 0; at = cameFrom.at(at)) {
    const step = model.steps(seen.get(cameFrom.at(at))).find(({ to }) => seen.add(to) === at);
    steps.push(step?.label ?? 'a step that the model does not repeat');
  }
  return steps.reverse();
}

/** The nearest state from which rest cannot be reached by fair steps: what rest is reached from, backwards, and who is left. */
function firstWithoutRest(size: number, atRest: number[], from: Numbers, to: Numbers): number | undefined {
  const lastInto = new Int32Array(size).fill(-1);
  const before = new Int32Array(from.length);
  for (let edge = 0; edge < from.length; edge++) {
    before[edge] = lastInto[to.at(edge)] as number;
    lastInto[to.at(edge)] = edge;
  }
  const reaches = new Uint8Array(size);
  const open = [...atRest];
  for (const index of open) reaches[index] = 1;
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    for (let edge = lastInto[index] as number; edge >= 0; edge = before[edge] as number) {
      const source = from.at(edge);
      if (reaches[source] === 1) continue;
      reaches[source] = 1;
      open.push(source);
    }
  }
  const stuck = reaches.indexOf(0);
  return stuck < 0 ? undefined : stuck;
}
