/** The schedule that runs the sweep: what nobody was woken for is found by it (K-3). */
export const sweepScheduleId = 'ticketing-sweep';
export const sweepWorkflowType = 'sweep';
export const sweepEvery = '10 minutes';
