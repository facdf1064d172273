import { isDeepStrictEqual } from 'node:util';

/** What a step shows must be so: anything else fails the step. */
export function must(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Error(otherwise);
}

export function mustEqual<T>(what: string, found: T, expected: T): void {
  must(
    isDeepStrictEqual(found, expected),
    `${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`,
  );
}
