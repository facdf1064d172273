import { createHash, createHmac } from 'node:crypto';

export interface YCredentials {
  keyId: string;
  secret: string;
}

/**
 * The headers that Y wants on each request: HMAC-SHA256 in hex over the method, the path with its query, the Unix time in
 * seconds and the SHA-256 of the body in hex (of the empty text where there is none), a line each.
 */
export function signForY(
  { keyId, secret }: YCredentials,
  call: { method: string; path: string; body: string },
  at = new Date(),
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const digest = createHash('sha256').update(call.body).digest('hex');
  const signed = [call.method, call.path, timestamp, digest].join('\n');
  return {
    'Y-Key-Id': keyId,
    'Y-Timestamp': timestamp,
    'Y-Signature': createHmac('sha256', secret).update(signed).digest('hex'),
  };
}
