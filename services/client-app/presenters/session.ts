import { type Static, Type } from 'typebox';
import { Id, Instant } from '../../../lib/contracts/primitives.ts';
import type { SignedIn } from '../commands/sessions.ts';
import type { Session } from '../models/sessions.ts';

export const TokensView = Type.Object({
  sessionId: Id,
  accessToken: Type.String({
    description: 'Send it as `Authorization: Bearer …`.',
    examples: ['eyJhbGciOiJFZERTQSJ9…'],
  }),
  tokenType: Type.Literal('Bearer'),
  expiresIn: Type.Integer({ description: 'Seconds', examples: [600] }),
  refreshToken: Type.String({
    description: 'For `POST /sessions/refresh`, once. Keep it where no script of a page can read it.',
    examples: ['krt_01900000-0000-7000-8000-000000000001_4f1nYB8tq0Zk…'],
  }),
  refreshTokenExpiresIn: Type.Integer({ description: 'Seconds', examples: [2_592_000] }),
});

export const presentTokens = (signedIn: SignedIn): Static<typeof TokensView> => ({ ...signedIn, tokenType: 'Bearer' });

export const SessionView = Type.Object({
  sessionId: Id,
  createdAt: Instant,
  lastUsedAt: Type.Unsafe<string>({ ...Instant, description: 'When its tokens were issued last.' }),
  expiresAt: Type.Unsafe<string>({ ...Instant, description: 'Put off whenever it is refreshed.' }),
  current: Type.Boolean({ description: 'Whether it is the one that asks.' }),
});

export const presentSession = (session: Session, currentId: string): Static<typeof SessionView> => ({
  sessionId: session._id,
  createdAt: session.createdAt.toISOString(),
  lastUsedAt: session.lastUsedAt.toISOString(),
  expiresAt: session.expiresAt.toISOString(),
  current: session._id === currentId,
});
