const begin = Date.now() - 3_600_000;

/** So many minutes after everything of a settled event began. */
export const minute = (n: number): Date => new Date(begin + n * 60_000);

/** Of its seats. */
export const price = { amount: 750_000, currency: 'IDR' as const };
