import { must, mustEqual } from '../must.ts';
import type { Step } from '../step.ts';
import { dayAndTime, seatMap, seatMapKey } from '../wording.ts';

const EVENTS_SHOWN = 5;

export const lookAround: Step = {
  name: 'look_at_events_and_seats',
  title: 'Look at events and a seat map',
  async run({ narrator, boxOffice, catalogue, show }) {
    const opened = await boxOffice.open({
      title: 'Malam Keroncong',
      description: 'An evening of keroncong, put on for this demo.',
      organizer: 'x',
      organizerName: 'Nusa Live Entertainment',
      rows: { A: 1_250_000, B: 1_250_000, C: 850_000 },
      seatsPerRow: 8,
    });
    show.put(opened);
    narrator.tell('An admin puts on a show of 24 seats for this demo. Everybody can see what is on:');
    const events = await catalogue.events();
    must(events.length > 0, 'the list of events is empty');
    narrator.lines(events.slice(0, EVENTS_SHOWN).map(({ title, startsAt }) => `${dayAndTime(startsAt)}  ${title}`));
    if (events.length > EVENTS_SHOWN) narrator.lines([`… and ${events.length - EVENTS_SHOWN} more`]);

    const listed = (await catalogue.events(opened.startsAt)).find(({ eventId }) => eventId === opened.eventId);
    must(listed !== undefined, `the list of events lacks ${opened.eventId}`);
    mustEqual('whether the show is on sale', listed.onSale, true);
    const map = await catalogue.map(opened.eventId);
    const states = map.sections.flatMap(({ rows }) => rows.map((row) => row.states)).join('');
    mustEqual('the states of all seats', states, 'O'.repeat(24));
    narrator.tell(`${opened.title} at ${opened.venue}, ${dayAndTime(opened.startsAt)}:`);
    narrator.lines([...seatMap(map), seatMapKey]);
  },
};
