import { oneOf } from '../../../lib/contracts/primitives.ts';

/** Each is another way in which a call can go wrong; `refuse` is a definite "no" instead of a fault. */
export const faultKinds = ['503', 'cut', 'timeout', 'rubbish', 'refuse'] as const;
export type FaultKind = (typeof faultKinds)[number];
export const FaultKindSchema = oneOf(faultKinds);

/** The ways that chance picks from: chance never refuses. */
export const randomKinds = ['503', 'cut', 'timeout', 'rubbish'] as const satisfies readonly FaultKind[];

export type CallName = 'hold' | 'release';
export const CallNameSchema = oneOf(['hold', 'release']);
