import * as answers from './answers.ts';
import { expectStatus, read, send } from './http.ts';

/** The ways in which an organizer can be told to fail. */
export type Fault = '503' | 'cut' | 'timeout' | 'rubbish';

/** An organizer system's control routes, which only development has. */
export class OrganizerControl {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** The next hold of this event fails in this way. Returns the order's number. */
  async failNextHold(event: string, fault: Fault): Promise<number> {
    const url = `${this.#url}/control/faults`;
    const body = { event, call: 'hold', fault, times: 1 };
    return read(await send({ method: 'POST', url, token: this.#key, body }), 201, answers.orderedFault).faultId;
  }

  /** The ordered faults that no call has met yet. */
  async faultsLeft(): Promise<number[]> {
    const answer = await send({ method: 'GET', url: `${this.#url}/control/faults`, token: this.#key });
    return read(answer, 200, answers.orderedFaults).faults.map(({ faultId }) => faultId);
  }

  async holds(event: string): Promise<Array<{ reference: string; seats: string[]; state: string }>> {
    const url = `${this.#url}/control/holds?event=${event}&limit=200`;
    return read(await send({ method: 'GET', url, token: this.#key }), 200, answers.holdPage).holds;
  }

  /** How many holds the system has made go wrong in this way since it started, by its own counter. */
  async failedHolds(fault: Fault): Promise<number> {
    const answer = await send({ method: 'GET', url: `${this.#url}/metrics` });
    expectStatus(answer, 200);
    const labels = ['organizer_faults_total{', 'call="hold"', `fault="${fault}"`];
    const line = answer.bytes
      .toString()
      .split('\n')
      .find((one) => labels.every((label) => one.includes(label)));
    return Number(line?.split(' ').at(-1) ?? 0);
  }
}
