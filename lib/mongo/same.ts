import { isDeepStrictEqual } from 'node:util';

const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** Whether two values would be stored as the same: compared as JSON is, an absent field like an undefined one. */
export const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(plain(a), plain(b));
