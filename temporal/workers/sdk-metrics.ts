import { createServer } from 'node:net';
import { Registry } from 'prom-client';

const patienceMs = 1_000;

/** A port of this machine that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('This machine has no free port.');
  return address.port;
}

/**
 * A registry that also tells what the Temporal SDK measures (slots, pollers, time to a task). The SDK serves that by itself,
 * at a port that only this process knows, so that operators have one place to scrape. Without an answer it is left out.
 */
export class RegistryWithSdk extends Registry {
  readonly #url: string;

  constructor(port: number) {
    super();
    this.#url = `http://127.0.0.1:${port}/metrics`;
  }

  override async metrics(): Promise<string> {
    const [own, ofSdk] = await Promise.all([super.metrics(), this.#ask()]);
    return `${own}${ofSdk}`;
  }

  async #ask(): Promise<string> {
    try {
      const answer = await fetch(this.#url, { signal: AbortSignal.timeout(patienceMs) });
      return answer.ok ? await answer.text() : '';
    } catch {
      return '';
    }
  }
}
