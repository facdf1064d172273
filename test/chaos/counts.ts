/** How many, by what. */
export type Counts = Record<string, number>;
export type Count = (what: string) => void;

export const counter = (counts: Counts): Count => {
  return (what) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
};

/** From most to least. */
export const mostFirst = (counts: Counts): Array<[string, number]> =>
  Object.entries(counts).sort(([nameA, a], [nameB, b]) => b - a || nameA.localeCompare(nameB));
