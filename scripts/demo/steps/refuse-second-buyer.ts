import * as answers from '../answers.ts';
import { read } from '../http.ts';
import { mustEqual } from '../must.ts';
import type { Step } from '../step.ts';

export const refuseSecondBuyer: Step = {
  name: 'refuse_second_buyer',
  title: 'A second buyer wants the same seat',
  async run({ narrator, rival, show, firstBooking }) {
    const seatId = firstBooking.get().seatIds.slice(0, 1);
    await rival.register();
    await rival.signIn();
    const answer = await rival.askFor(show.get().eventId, seatId);
    const refusal = read(answer, 409, answers.problem);
    mustEqual('the code of the refusal', refusal.code, 'seat_taken');
    mustEqual('the seats that are refused', refusal.seatIds, seatId);
    narrator.tell(`${rival.name} asks for seat ${seatId} and is refused at once:`);
    narrator.values({ answer: `409 ${refusal.code}`, detail: refusal.detail });
  },
};
