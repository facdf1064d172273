import { mustEqual } from '../must.ts';
import type { Step } from '../step.ts';

export const registerAndSignIn: Step = {
  name: 'register_and_sign_in',
  title: 'Register and sign in',
  async run({ narrator, buyer }) {
    const { userId } = await buyer.register();
    await buyer.signIn();
    const me = await buyer.whoAmI();
    mustEqual('who is signed in', me.userId, userId);
    mustEqual('the address of the account', me.email, buyer.email);
    narrator.tell(`${buyer.name} makes an account at the Client App and signs in.`);
    narrator.values({ 'e-mail': buyer.email, 'user id': userId });
  },
};
