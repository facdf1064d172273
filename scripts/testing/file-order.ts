// What a lane and its test process say to each other.
import type { Suite } from './suites.ts';

/** For all files of a test process. */
export interface RunnerOptions {
  grep: string | undefined;
  bail: boolean;
  color: boolean;
}

/** One file that is to run now. */
export interface FileOrder {
  file: string;
  needs: Suite['needs'];
  /** The line after the last that the file prints. */
  endLine: string;
}

export interface FileResult {
  passed: number;
  failed: number;
  pending: number;
  /** How long its tests took, the start of the system not counted. */
  seconds: number;
}

export function isFileOrder(message: unknown): message is FileOrder {
  return typeof message === 'object' && message !== null && 'file' in message;
}
