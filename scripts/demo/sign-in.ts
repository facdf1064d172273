import * as answers from './answers.ts';
import { read, send } from './http.ts';

/** A token is renewed so long before it expires. */
const MARGIN_SECONDS = 60;

/** Somebody who signs in, and again when the access token is about to expire. Nothing is sent before it is asked for. */
export class SignIn {
  readonly #clientApp: string;
  readonly #credentials: { email: string; password: string };
  #token: string | undefined;
  #renewAt = 0;

  constructor(clientApp: string, credentials: { email: string; password: string }) {
    this.#clientApp = clientApp;
    this.#credentials = credentials;
  }

  async token(): Promise<string> {
    if (this.#token !== undefined && Date.now() < this.#renewAt) return this.#token;
    const answer = await send({ method: 'POST', url: `${this.#clientApp}/sessions`, body: this.#credentials });
    const { accessToken, expiresIn } = read(answer, 201, answers.session);
    this.#token = accessToken;
    this.#renewAt = Date.now() + (expiresIn - MARGIN_SECONDS) * 1000;
    return accessToken;
  }
}
