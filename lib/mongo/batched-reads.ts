import { TimeoutStrategy, timeout } from 'cockatiel';
import DataLoader from 'dataloader';

/** More in one command would only make the command large. */
const mostAtOnce = 500;
/** A read that hangs is not waited for: a connection that is half dead is to hold up those who wait for it, and nobody else. */
const patience = timeout(250, TimeoutStrategy.Aggressive);

/**
 * Reads by key, many at a time: who asks while a read is under way is answered by the next one, which begins after all of
 * them have asked. So nobody is told what was read before they asked, and a crowd costs one read at a time, or one each
 * 250 ms while the database is slower than that.
 * `readMany` gets each key once, and answers with what it found by `idOf`; what it did not find is undefined.
 */
export function batchedReads<Key, Found>(
  idOf: (key: Key) => string,
  readMany: (keys: Key[]) => Promise<Map<string, Found>>,
): (keys: readonly Key[]) => Promise<Array<Found | undefined>> {
  let underWay: Promise<unknown> = Promise.resolve();
  const read = async (keys: readonly Key[]) => {
    const found = await readMany([...new Map(keys.map((key) => [idOf(key), key])).values()]);
    return keys.map((key) => found.get(idOf(key)));
  };
  const loader = new DataLoader<Key, Found | undefined>(
    (keys) => {
      const reading = read(keys);
      underWay = reading.catch(() => {});
      return reading;
    },
    {
      cache: false,
      maxBatchSize: mostAtOnce,
      batchScheduleFn: (dispatch) => void patience.execute(() => underWay).then(dispatch, dispatch),
    },
  );
  return async (keys) => Promise.all(keys.map((key) => loader.load(key)));
}
