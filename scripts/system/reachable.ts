const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];
const REACHABLE_TIMEOUT_MS = 4_000;

/**
 * Rejects within seconds when a host cannot be reached, so that a download without internet fails fast. Any answer
 * counts. Behind a proxy it asks nothing: Node's fetch knows no proxies, the download itself does.
 */
export async function isReachable(url: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (PROXY_VARIABLES.some((name) => env[name])) return;
  const { hostname } = new URL(url);
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(REACHABLE_TIMEOUT_MS) });
  } catch (error) {
    throw new Error(`${hostname} cannot be reached`, { cause: error });
  }
}
