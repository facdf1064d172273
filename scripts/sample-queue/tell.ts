import type { Say } from '../system/progress.ts';
import { reasonOf } from '../system/setup-error.ts';
import { playSampleQueue, sampleQueue } from './play.ts';

const { eventId, seatId, holder, waiting } = sampleQueue;
const names = waiting.map(({ email }) => email).join(', ');

/** One line about what was played; on data that has it already, nothing unless asked. False when it could not be played. */
export async function tellSampleQueue(clientApp: string, say: Say, whenThere?: string): Promise<boolean> {
  try {
    const played = await playSampleQueue(clientApp);
    if (played) say(`A queue to look at: ${holder.email} has seat ${seatId} of ${eventId}; ${names} wait for it.`);
    else if (whenThere !== undefined) say(whenThere);
    return true;
  } catch (error) {
    say(`The sample queue could not be played (npm run seed:queue tries again): ${reasonOf(error)}`);
    return false;
  }
}
