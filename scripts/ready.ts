// node dist/scripts/ready.js <port>: ends with 0 when the process on this port is ready. For the health checks of containers.
const TIMEOUT_MS = 2_500;

const [port] = process.argv.slice(2);
try {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) fail(await answer.text());
} catch (error) {
  fail(`port ${port} does not answer: ${(error as Error).message}`);
}

function fail(reason: string): never {
  console.error(reason);
  process.exit(1);
}
