import type { Context } from 'koa';
import { invalidRequest, Problem } from './problem.ts';

/** The entity tag of a version, for `ETag`. It names what people can change of a thing, not what is counted beside it. */
export const etagOf = (version: number): string => `"${version}"`;

/**
 * The version that the caller has read and means to change (`If-Match`); undefined where any will do (no header, or `*`).
 * Throws a 400 problem for what is no entity tag of ours.
 */
export function ifMatch(ctx: Context): number | undefined {
  const given = ctx.get('If-Match').trim();
  if (given === '' || given === '*') return undefined;
  const version = Number(/^"(\d{1,15})"$/.exec(given)?.[1] ?? Number.NaN);
  if (Number.isNaN(version)) throw invalidRequest('header.If-Match', 'must be the ETag of one version, e.g. "3"');
  return version;
}

/** 412 `version_mismatch`: `version` is the present one. */
export const versionMismatch = (version: number): Problem =>
  new Problem(
    412,
    'version_mismatch',
    `It is of version ${version} by now: read it again, and see whether your change still fits.`,
    { version },
    { ETag: etagOf(version) },
  );
