import { request } from 'node:http';

export interface RawRequest {
  method: string;
  /** Sent as it is: no `..` is resolved and nothing is encoded, as `fetch` would do. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Sends the body in chunks, without its length. */
  chunked?: boolean;
}

export interface RawAnswer {
  status: number;
  type: string;
  text: string;
}

/** One HTTP request, byte for byte. Resolves with whatever is answered; a connection cut after the answer does not matter. */
export function rawRequest(
  base: string,
  { method, path, headers = {}, body, chunked }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const length = body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sending = request({ hostname, port, method, path, headers: { ...headers, ...length }, agent: false });
    sending.on('error', reject);
    sending.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text });
      });
    });
    if (body !== undefined) sending.write(body);
    sending.end();
  });
}
