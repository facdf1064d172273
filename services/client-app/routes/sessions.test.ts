import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { after, before, describe, it } from 'mocha';
import { pino } from 'pino';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, type Person, password, startClientApp } from '../../../test/client-app.ts';
import { newRefreshToken } from '../auth/refresh-tokens.ts';

interface Tokens {
  sessionId: string;
  accessToken: string;
  expiresIn: number;
  refreshToken: string;
  refreshTokenExpiresIn: number;
}

const dayMs = 24 * 3_600_000;

describe('sessions', () => {
  let app: ClientAppUnderTest;
  const logged: string[] = [];

  before(async () => {
    const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
    app = await startClientApp('sessions', { log });
  });
  after(() => app.close());

  const signIn = async (person: Person, given = password) =>
    (await app.http.post<Tokens>('/sessions', { email: person.email, password: given })).data;
  const refresh = (refreshToken: string) =>
    app.http.post<Tokens & { code?: string }>('/sessions/refresh', { refreshToken });
  const as = ({ accessToken }: Tokens) => ({ headers: { Authorization: `Bearer ${accessToken}` } });
  const me = async (tokens: Tokens) => (await app.http.get('/users/me', as(tokens))).status;
  const rows = () => app.connection.collection<{ _id: string; expiresAt: Date; endsAt: Date }>('sessions');
  const rowOf = (tokens: Tokens) => rows().findOne({ _id: tokens.sessionId });

  it('begin with an access token of 10 minutes and a refresh token of 30 days', async () => {
    const tokens = await signIn(await app.person());
    const { iat = 0, exp = 0, sid } = decodeJwt(tokens.accessToken);
    expect([exp - iat, tokens.expiresIn, sid]).to.deep.equal([600, 600, tokens.sessionId]);
    expect(tokens.refreshTokenExpiresIn).to.equal(30 * 24 * 3600);
    expect(tokens.refreshToken).to.match(/^krt_[0-9a-f-]{36}_[A-Za-z0-9_-]{43}$/);
    expect(await me(tokens)).to.equal(200);
  });

  it('store no token, and no address', async () => {
    const person = await app.person();
    const tokens = await signIn(person);
    const stored = JSON.stringify(await rowOf(tokens));
    expect(stored).to.include(tokens.sessionId);
    expect(stored).not.to.include(tokens.refreshToken.slice(-43));
    expect(stored).not.to.include(person.email);
  });

  it('give the next tokens for a refresh token, and are put off by it, up to their end', async () => {
    const first = await signIn(await app.person());
    const endsAt = new Date(Date.now() + dayMs);
    await rows().updateOne({ _id: first.sessionId }, { $set: { expiresAt: new Date(Date.now() + 60_000) } });
    const { status, data: second } = await refresh(first.refreshToken);
    expect(status).to.equal(200);
    expect(second.sessionId).to.equal(first.sessionId);
    expect(second.refreshToken).not.to.equal(first.refreshToken);
    expect(second.refreshTokenExpiresIn).to.equal(30 * 24 * 3600);
    expect(await me(second)).to.equal(200);
    await rows().updateOne({ _id: first.sessionId }, { $set: { endsAt } });
    const { data: third } = await refresh(second.refreshToken);
    expect(third.refreshTokenExpiresIn).to.be.within(24 * 3600 - 60, 24 * 3600);
    expect((await rowOf(third))?.expiresAt).to.deep.equal(endsAt);
  });

  it('end when a refresh token comes again, for whoever has the last one too', async () => {
    const person = await app.person();
    const first = await signIn(person);
    const { data: second } = await refresh(first.refreshToken);
    const stolen = await refresh(first.refreshToken);
    expect([stolen.status, stolen.data.code]).to.deep.equal([401, 'invalid_refresh_token']);
    expect((await refresh(second.refreshToken)).status).to.equal(401);
    expect(await me(second)).to.equal(401);
    const warnings = logged.filter((line) => line.includes(first.sessionId)).map((line) => JSON.parse(line));
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include({ security: 'refresh_token_reused', userId: person.userId });
    expect(logged.join()).not.to.include(person.email);
  });

  it('let exactly one of 20 at once have the next tokens, and end by the others', async () => {
    const first = await signIn(await app.person());
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(first.refreshToken)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).to.have.length(1);
    expect(answers.filter(({ status }) => status === 401)).to.have.length(19);
    expect((await refresh(won[0]?.data.refreshToken ?? '')).status).to.equal(401);
    expect(await rowOf(first)).to.equal(null);
  });

  it('refuse refresh tokens that are none, of no session, or of one that has run out', async () => {
    const tokens = await signIn(await app.person());
    await rows().updateOne({ _id: tokens.sessionId }, { $set: { expiresAt: new Date(Date.now() - 1) } });
    for (const token of [
      'rubbish',
      newRefreshToken(newId()).refreshToken,
      tokens.refreshToken,
      tokens.accessToken.slice(0, 200),
    ]) {
      const { status, data } = await refresh(token);
      expect([status, data.code], token).to.deep.equal([401, 'invalid_refresh_token']);
    }
    expect(await me(tokens)).to.equal(401);
  });

  it('are listed to their owner, who ends one, all others, or the present one', async () => {
    const person = await app.person();
    const [here, there, elsewhere] = [await signIn(person), await signIn(person), await signIn(person)];
    const stranger = await app.person();
    const { data } = await app.http.get('/sessions', as(here));
    const current = data.sessions.map((one: { sessionId: string; current: boolean }) => [one.sessionId, one.current]);
    // The first is the one that the test's person was made with.
    expect(current).to.have.deep.members([
      [person.sessionId, false],
      [here.sessionId, true],
      [there.sessionId, false],
      [elsewhere.sessionId, false],
    ]);
    const others = await stranger.http.delete(`/sessions/${there.sessionId}`);
    expect([others.status, others.data.code]).to.deep.equal([404, 'session_not_found']);
    expect((await app.http.delete(`/sessions/${there.sessionId}`, as(here))).status).to.equal(204);
    expect([await me(there), await me(elsewhere)]).to.deep.equal([401, 200]);
    expect((await app.http.delete('/sessions', as(here))).status).to.equal(204);
    expect([await me(here), await me(elsewhere)]).to.deep.equal([200, 401]);
    expect((await app.http.delete('/sessions/current', as(here))).status).to.equal(204);
    expect(await me(here)).to.equal(401);
    expect((await refresh(here.refreshToken)).status).to.equal(401);
  });

  describe('and the account', () => {
    const change = (person: Person, tokens: Tokens) =>
      app.http.patch(
        `/users/${person.userId}`,
        { password: 'another password', currentPassword: password },
        as(tokens),
      );

    it('another password ends all but the one in which it is changed', async () => {
      const person = await app.person();
      const [here, there] = [await signIn(person), await signIn(person)];
      expect((await change(person, here)).status).to.equal(200);
      expect([await me(here), await me(there)]).to.deep.equal([200, 401]);
      expect((await refresh(there.refreshToken)).status).to.equal(401);
      expect((await refresh(here.refreshToken)).status).to.equal(200);
    });

    it('a session that is started with the old password meanwhile is of no use', async () => {
      const person = await app.person();
      const here = await signIn(person);
      expect((await change(person, here)).status).to.equal(200);
      // As a sign-in leaves it that has read the account before the change, and writes after it.
      const { refreshToken, secretHash } = newRefreshToken(newId());
      const _id = refreshToken.split('_')[1] ?? '';
      await app.dependencies.sessions.start({ _id, userId: person.userId, passwordVersion: 1, secretHash });
      expect((await refresh(refreshToken)).status).to.equal(401);
      const principal = { userId: person.userId, role: 'buyer', sessionId: _id } as const;
      const { accessToken } = await app.dependencies.tokens.issue(principal);
      expect(await me({ ...here, accessToken })).to.equal(401);
    });

    it("an admin's change of somebody's password ends all of that person's", async () => {
      const [person, admin] = [await app.person(), await app.person('admin')];
      const there = await signIn(person);
      expect((await admin.http.patch(`/users/${person.userId}`, { password: 'another password' })).status).to.equal(
        200,
      );
      expect(await me(there)).to.equal(401);
      expect((await admin.http.get('/users/me')).status).to.equal(200);
    });

    it('deleting it ends all', async () => {
      const person = await app.person();
      const there = await signIn(person);
      expect((await person.http.delete(`/users/${person.userId}`)).status).to.equal(204);
      expect(await me(there)).to.equal(401);
      expect(await rows().countDocuments({ userId: person.userId } as object)).to.equal(0);
    });

    it('another role ends none, and is in the next token', async () => {
      const [person, admin] = [await app.person(), await app.person('admin')];
      const there = await signIn(person);
      await admin.http.patch(`/users/${person.userId}`, { role: 'organizer' });
      expect(await me(there)).to.equal(200);
      const { data } = await refresh(there.refreshToken);
      expect(decodeJwt(data.accessToken).role).to.equal('organizer');
    });

    it('keeps its 100 newest', async () => {
      const person = await app.person();
      const { sessions } = app.dependencies;
      for (let i = 0; i < 101; i += 1) {
        const now = new Date(Date.now() + i);
        await sessions.start({ _id: newId(), userId: person.userId, passwordVersion: 1, secretHash: 'x' }, now);
      }
      expect(await rows().countDocuments({ userId: person.userId } as object)).to.equal(100);
      expect(await rows().findOne({ _id: person.sessionId })).to.equal(null);
    });
  });
});
