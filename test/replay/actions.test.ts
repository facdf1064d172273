import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { actionsOf, type RecordedEvent } from './actions.ts';

const here = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const header =
  '| recorded history | starts | updates | signals | activity attempts | local activities | timers | upserts | children | actions | events |';

/** The rows of the table of docs/scaling.md: the history's name, and its numbers. */
function rowsOfPage(): [string, number[]][] {
  const lines = here('../../docs/scaling.md').split('\n');
  const start = lines.indexOf(header);
  expect(start, 'the table').to.be.greaterThan(-1);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) => {
    const [name = '', ...numbers] = line.split('|').slice(1, -1);
    return [name.trim().replaceAll('`', ''), numbers.map(Number)];
  });
}

const started = { eventType: 'EVENT_TYPE_ACTIVITY_TASK_STARTED' };
const marker = (workflowTaskCompletedEventId: string): RecordedEvent => ({
  eventType: 'EVENT_TYPE_MARKER_RECORDED',
  markerRecordedEventAttributes: { workflowTaskCompletedEventId },
});

describe('actionsOf', () => {
  it('counts every attempt of an activity, and local activities by workflow task', () => {
    const events = [
      { ...started, activityTaskStartedEventAttributes: { attempt: 3 } },
      { ...started, activityTaskStartedEventAttributes: { attempt: 1 } },
      ...['4', '4', '9'].map(marker),
    ];
    expect(actionsOf(events)).to.include({ activities: 4, localActivities: 2, starts: 0 });
  });

  it('gives the numbers of docs/scaling.md', () => {
    const rows = rowsOfPage();
    expect(rows.map(([name]) => name)).to.include.members(['confirmed', 'expired']);
    for (const [name, numbers] of rows) {
      const { events } = JSON.parse(here(`./histories/${name}.json`)) as { events: RecordedEvent[] };
      const actions = Object.values(actionsOf(events));
      const sum = actions.reduce((total, one) => total + one, 0);
      expect(numbers, name).to.deep.equal([...actions, sum, events.length]);
    }
  });
});
