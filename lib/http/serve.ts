import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import { limits } from '../contracts/limits.ts';
import type { Logger } from '../logging/logger.ts';

export interface Served {
  server: Server;
  /** Without a trailing slash. */
  url: string;
  /** Takes no new request, lets those under way end. */
  close(): Promise<void>;
}

/**
 * Listens. Port 0 takes any free one (tests). Rejects with the system's error, e.g. EADDRINUSE. Who has not sent a whole head
 * `headersMs` after the connection was made is cut off.
 */
export async function serve(
  app: Koa,
  host: string,
  port: number,
  headersMs: number = limits.headersMs,
): Promise<Served> {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: headersMs,
      connectionsCheckingInterval: headersMs / 4,
      // Of the whole request: bodies are timed where they are read, because an upload may take long if it goes on.
      requestTimeout: 0,
    },
    app.callback(),
  );
  server.maxHeadersCount = limits.headerCount;
  server.maxConnections = limits.connections;
  // Longer than any client's keep-alive, so that it is never the server that closes a connection just taken into use.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, 1024, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    server,
    url: `http://${host}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

/** Runs `stop` once, on SIGTERM or SIGINT, and ends the process; a stop that hangs is cut short. */
export function stopOnSignal(log: Logger, stop: () => Promise<void>, patienceMs = 10_000): void {
  let stopping = false;
  const handle = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), patienceMs).unref();
    stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'could not stop in order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
}
