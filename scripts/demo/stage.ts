import type { EventView } from '../../lib/contracts/event.ts';
import { newId } from '../../lib/ids.ts';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { cancellationWorkflowId } from '../../workflows/cancellation/cancellation.messages.ts';
import type { Urls } from '../system/environment.ts';
import type { Secrets } from '../system/secrets.ts';
import { BoxOffice } from './box-office.ts';
import { Buyer, type Offer, type PayableBooking } from './buyer.ts';
import { Catalogue } from './catalogue.ts';
import { expectStatus, send } from './http.ts';
import type { Narrator } from './narrator.ts';
import { OrganizerControl } from './organizer-control.ts';
import { Prop } from './prop.ts';

export interface StagePlace {
  urls: Urls;
  secrets: Pick<Secrets, 'organizerXApiKey' | 'organizerYSecret'>;
  /** Where tickets are saved. */
  ticketFolder: string;
  temporalNamespace: string;
}

/** A sold seat, and who waits for it, in this order. */
interface Queue {
  eventId: string;
  seatId: string;
  booking: PayableBooking;
  entryIds: readonly [string, string, string];
}

/** Who plays, what they play with, and what one step leaves for the next. Nothing in it goes past HTTP. */
export class Stage {
  readonly place: StagePlace;
  readonly narrator: Narrator;
  readonly catalogue: Catalogue;
  readonly boxOffice: BoxOffice;
  readonly organizerX: OrganizerControl;
  readonly organizerY: OrganizerControl;
  readonly buyer: Buyer;
  readonly rival: Buyer;
  /** Those who queue for the buyer's seat, in this order. */
  readonly waiting: readonly [Buyer, Buyer, Buyer];
  readonly show = new Prop<EventView>('show');
  readonly firstBooking = new Prop<PayableBooking>('booking of two seats');
  readonly queue = new Prop<Queue>('queue for a seat');
  readonly firstOffer = new Prop<Offer & { toldAfterMs: number }>('offer to the first in the queue');
  /** How each booking of the buyer must stand in the history, oldest first. */
  readonly history: Array<{ bookingId: string; status: string; reason?: string }> = [];

  constructor(place: StagePlace, narrator: Narrator) {
    const { urls, secrets } = place;
    const run = newId().slice(-8);
    this.place = place;
    this.narrator = narrator;
    this.catalogue = new Catalogue(urls.clientApp);
    this.boxOffice = new BoxOffice(urls);
    this.organizerX = new OrganizerControl(urls.organizerX, secrets.organizerXApiKey);
    this.organizerY = new OrganizerControl(urls.organizerY, secrets.organizerYSecret);
    const person = (name: string) =>
      new Buyer(urls.clientApp, { name, email: `${name.split(' ')[0]?.toLowerCase()}.${run}@example.com` });
    this.buyer = person('Sari Wulandari');
    this.rival = person('Bima Nugroho');
    this.waiting = [person('Rara Kusuma'), person('Dimas Prasetyo'), person('Maya Sitorus')];
  }

  readonly webUi = (bookingId: string) => this.#webUi(bookingWorkflowId(bookingId));
  readonly cancellationUi = (bookingId: string) => this.#webUi(cancellationWorkflowId(bookingId));

  /** Where the Web UI shows a workflow, after a look that it does; undefined on a cluster whose UI is not known. */
  async #webUi(workflowId: string): Promise<string | undefined> {
    const { urls, temporalNamespace } = this.place;
    if (urls.temporalUi === undefined) return undefined;
    const workflow = `namespaces/${temporalNamespace}/workflows/${encodeURIComponent(workflowId)}`;
    expectStatus(await send({ method: 'GET', url: `${urls.temporalUi}/api/v1/${workflow}` }), 200);
    return `${urls.temporalUi}/${workflow}`;
  }
}
