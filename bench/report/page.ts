import type { Report } from './report.ts';
export function drawPage(_: Report): string[] {
  return [];
}
