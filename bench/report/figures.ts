import type { MeasureName, Measures } from './report.ts';

interface Figure {
  /** Without one of them there is no figure. */
  needs: readonly MeasureName[];
  of(measures: Measures): number | undefined;
}

const peerOf = ({ peer }: Measures) => (peer?.available ? peer : undefined);
const ratio = (ours: number | undefined, theirs: number | undefined) =>
  ours === undefined || !theirs ? undefined : Math.round((ours / theirs) * 100) / 100;

/** Medians over the rounds; what they are is in their names. */
const FIGURES = {
  bookToBare: { needs: ['book'], of: ({ book }) => book?.bookToBare.median },
  hotToPeer: {
    needs: ['hot', 'peer'],
    of: (measures) => ratio(measures.hot?.ticketApp.perSecond.median, peerOf(measures)?.hot.perSecond.median),
  },
  hotP99Ms: { needs: ['hot'], of: ({ hot }) => hot?.ticketApp.latencies.p99.median },
  reserveIdleP50Ms: { needs: ['reserve'], of: ({ reserve }) => reserve?.idle.p50.median },
  reserveIdleP99Ms: { needs: ['reserve'], of: ({ reserve }) => reserve?.idle.p99.median },
  historyEvents: { needs: ['book'], of: ({ book }) => book?.historyEvents },
  workflowTasks: { needs: ['book'], of: ({ book }) => book?.workflowTasks },
  ordersPerMinute: { needs: ['book'], of: ({ book }) => book?.ordersPerMinute.median },
  seatsPerSecond4: { needs: ['book'], of: ({ book }) => book?.seatsPerSecond4.median },
  recoveryMs: { needs: ['recovery'], of: ({ recovery }) => recovery?.slowestMs },
  peerCartPerSecond: { needs: ['peer'], of: (measures) => peerOf(measures)?.cart.perSecond.median },
} satisfies Record<string, Figure>;

export type FigureName = keyof typeof FIGURES;

export type Figures = Record<FigureName, number | null> & {
  /** Why a figure is null. */
  reasons: Partial<Record<FigureName, string>>;
};

/** The figures that say how fast Kursi is. */
export function figuresOf(measures: Measures): Figures {
  const reasons: Figures['reasons'] = {};
  const entries = Object.entries(FIGURES).map(([name, figure]: [string, Figure]) => {
    const value = figure.of(measures);
    if (value === undefined || Number.isNaN(value)) {
      reasons[name as FigureName] = whyNot(figure, measures);
      return [name, null];
    }
    return [name, value];
  });
  return { ...(Object.fromEntries(entries) as Record<FigureName, number | null>), reasons };
}

function whyNot({ needs }: Figure, measures: Measures): string {
  const missing = needs.find((name) => measures[name] === undefined);
  if (missing !== undefined) return `"${missing}" was not measured in this run.`;
  const { peer } = measures;
  return peer?.available === false ? peer.reason : 'Nothing was counted.';
}
