// Listens to server-sent events as a browser's EventSource does, over a connection of its own that a test can break.
import { type ClientRequest, get, type IncomingMessage } from 'node:http';

export interface HeardEvent {
  type: string;
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into data of every shape
  data: any;
}

export class Listener {
  readonly events: HeardEvent[] = [];
  /** The last id, as an EventSource would send it when it comes back. */
  lastId = '';
  retryMs: number | undefined;
  comments = 0;
  isOver = false;
  readonly #request: ClientRequest;
  #rest = '';

  private constructor(request: ClientRequest) {
    this.#request = request;
  }

  static open(url: string, headers: Record<string, string>): Promise<{ listener: Listener; answer: IncomingMessage }> {
    return new Promise((resolve, reject) => {
      const request = get(url, { agent: false, headers });
      const listener = new Listener(request);
      request.once('error', reject);
      request.once('response', (answer) => {
        request.on('error', () => undefined);
        answer.setEncoding('utf8');
        answer.on('data', (text: string) => listener.#take(text));
        answer.on('error', () => undefined);
        answer.once('close', () => {
          listener.isOver = true;
        });
        resolve({ listener, answer });
      });
    });
  }

  close(): void {
    this.#request.destroy();
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) this.#dispatch(block);
  }

  #dispatch(block: string): void {
    const event = { type: 'message', data: '' };
    for (const line of block.split('\n')) {
      const [, field = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
      if (line.startsWith(':')) this.comments += 1;
      else if (field === 'id') this.lastId = value;
      else if (field === 'retry') this.retryMs = Number(value);
      else if (field === 'event') event.type = value;
      else if (field === 'data') event.data += value;
    }
    if (event.data !== '') this.events.push({ type: event.type, id: this.lastId, data: JSON.parse(event.data) });
  }
}

/** The state of each seat after what was heard, from what was known before. */
export function afterEvents(known: Map<string, string>, events: readonly HeardEvent[]): Map<string, string> {
  const now = new Map(known);
  for (const { type, data } of events) {
    if (type !== 'seats') continue;
    for (const { seatId, status, closed } of data.seats) now.set(seatId, closed ? `${status} closed` : status);
  }
  return now;
}
