import type { EventStatus, OrganizerCode } from '../../../lib/contracts/event.ts';
import {
  balaiSarbini,
  gedungKesenian,
  iceBsd,
  istoraSenayan,
  kemangJazzRoom,
  teaterJakarta,
  type Venue,
} from './venues.ts';

interface SeededEvent {
  eventId: string;
  title: string;
  description: string;
  venue: Venue;
  organizer: OrganizerCode;
  organizerEventRef: string;
  /** Counted from the day of seeding. */
  inDays: number;
  /** When it starts, on the clock in Jakarta (UTC+7, no summer time). */
  hour: number;
  durationHours: number;
  status: EventStatus;
  /** Counted from the day of seeding; sales are open at once without it. */
  salesInDays?: number;
  holdSeconds?: number;
}

export const organizerNames: Record<OrganizerCode, string> = {
  x: 'Nusa Live Entertainment',
  y: 'Panggung Raya Production',
};

/** Users that client-app seeds. */
export const ownerIds: Record<OrganizerCode, string> = {
  x: 'organizer-nada',
  y: 'organizer-panggung',
};

/** Artists and shows are invented, halls are real but for the jazz room. */
export const seededEvents: readonly SeededEvent[] = [
  {
    eventId: 'gamelan-nusantara-istora',
    title: 'Gamelan Nusantara: Seribu Bilah',
    description: 'A hundred players from Java, Bali and Sunda on one stage, with the Larasati Choir.',
    venue: istoraSenayan,
    organizer: 'x',
    organizerEventRef: 'NUSA-GMLN-01',
    inDays: 90,
    hour: 19,
    durationHours: 3,
    status: 'published',
  },
  {
    eventId: 'opera-ken-dedes-teater-jakarta',
    title: 'Ken Dedes, an Opera in Three Acts',
    description: 'The story of the queen of Singhasari, sung in Indonesian with English surtitles.',
    venue: teaterJakarta,
    organizer: 'y',
    organizerEventRef: 'PGR-KENDEDES-A',
    inDays: 60,
    hour: 20,
    durationHours: 3,
    status: 'published',
  },
  {
    eventId: 'kuartet-senja-kesenian',
    title: 'Kuartet Senja plays Ravel and Debussy',
    description: 'String quartets at dusk in the old theatre of Pasar Baru.',
    venue: gedungKesenian,
    organizer: 'y',
    organizerEventRef: 'PGR-SENJA-7',
    inDays: 45,
    hour: 17,
    durationHours: 2,
    status: 'published',
  },
  {
    eventId: 'langit-kelabu-sarbini',
    title: 'Langit Kelabu: Tur Pulang',
    description: 'The band returns home with the songs of their fourth album.',
    venue: balaiSarbini,
    organizer: 'x',
    organizerEventRef: 'NUSA-LGKB-12',
    inDays: 75,
    hour: 20,
    durationHours: 3,
    status: 'published',
  },
  {
    eventId: 'festival-ombak-ice',
    title: 'Festival Ombak: Day One',
    description: 'Six acts of Indonesian electronic music, seated, with the Ombak light installation.',
    venue: iceBsd,
    organizer: 'x',
    organizerEventRef: 'NUSA-OMBK-D1',
    inDays: 120,
    hour: 15,
    durationHours: 8,
    status: 'published',
  },
  {
    eventId: 'trio-rempah-kemang',
    title: 'Trio Rempah, late set',
    description: 'Piano, double bass and kendang; an evening of standards and keroncong.',
    venue: kemangJazzRoom,
    organizer: 'y',
    organizerEventRef: 'PGR-REMPAH-3',
    inDays: 30,
    hour: 21,
    durationHours: 2,
    status: 'published',
  },
  {
    eventId: 'jazz-siang-kemang',
    title: 'Jazz Siang: lunchtime session',
    description: 'Forty minutes of jazz between two meetings. Seats are held for a few seconds only.',
    venue: kemangJazzRoom,
    organizer: 'x',
    organizerEventRef: 'NUSA-SIANG-40',
    inDays: 200,
    hour: 12,
    durationHours: 1,
    status: 'published',
    // Short on purpose: whoever tries the system out sees a hold expire without waiting a quarter of an hour.
    holdSeconds: 10,
  },
  {
    eventId: 'wayang-orbit-teater-jakarta',
    title: 'Wayang Orbit: Gatotkaca among the Stars',
    description: 'Shadow theatre with live orchestra. Sales open a month from now.',
    venue: teaterJakarta,
    organizer: 'x',
    organizerEventRef: 'NUSA-ORBIT-2',
    inDays: 150,
    hour: 19,
    durationHours: 3,
    status: 'published',
    salesInDays: 30,
  },
  {
    eventId: 'tari-hujan-kesenian',
    title: 'Tari Hujan, a dance for the rainy season',
    description: 'Programme and prices are still being settled with the company.',
    venue: gedungKesenian,
    organizer: 'y',
    organizerEventRef: 'PGR-HUJAN-1',
    inDays: 180,
    hour: 19,
    durationHours: 2,
    status: 'draft',
  },
];
