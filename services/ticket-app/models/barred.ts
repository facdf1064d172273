/**
 * The field `barred` of a document once `id` has been undone (K-2), as an aggregation expression: bars whose time has
 * passed are dropped, and `id` stays barred until `until`. `name` is how the bars name their ids.
 */
export const barredBy = (name: 'bookingId' | 'entryId', id: string, until: Date) => ({
  $concatArrays: [
    {
      $filter: {
        input: { $ifNull: ['$barred', []] },
        as: 'bar',
        cond: { $and: [{ $gt: ['$$bar.until', '$$NOW'] }, { $ne: [`$$bar.${name}`, id] }] },
      },
    },
    [{ [name]: id, until }],
  ],
});

/** Whether no bar of `id` is in force, as an aggregation expression by the database's clock. */
export const isNotBarred = (name: 'bookingId' | 'entryId', id: string) => ({
  $eq: [
    {
      $filter: {
        input: '$barred',
        as: 'bar',
        cond: { $and: [{ $eq: [`$$bar.${name}`, id] }, { $gt: ['$$bar.until', '$$NOW'] }] },
      },
    },
    [],
  ],
});
