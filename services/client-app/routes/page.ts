import { Type } from 'typebox';
import { cursorMaxLength } from '../../../lib/mongo/cursor.ts';

/** The query fields of every list. */
export const pageQuery = {
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: cursorMaxLength })),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
};
