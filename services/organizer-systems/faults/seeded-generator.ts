import { createHash } from 'node:crypto';

/**
 * Numbers in [0, 1), the same ones in the same order for the same seed: the n-th is the first 48 bits of SHA-256(seed/n).
 */
export function seededGenerator(seed: string): () => number {
  let drawn = 0;
  return () => {
    const digest = createHash('sha256').update(`${seed}/${drawn}`).digest();
    drawn += 1;
    return digest.readUIntBE(0, 6) / 2 ** 48;
  };
}
