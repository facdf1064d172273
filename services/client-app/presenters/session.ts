import { Type } from 'typebox';

export const SessionView = Type.Object({
  accessToken: Type.String({
    description: 'Send it as `Authorization: Bearer …`.',
    examples: ['eyJhbGciOiJFZERTQSJ9…'],
  }),
  tokenType: Type.Literal('Bearer'),
  expiresIn: Type.Integer({ description: 'Seconds', examples: [600] }),
});
