import { serviceCredential } from '../../../lib/auth/service-credential.ts';
import { accessBy, recognizesServices } from '../../../lib/http/access.ts';

/** For services (ticket-app and the worker), and for whoever has the payment URL, whose token is part of the path. */
export const accessOf = (secrets: readonly string[]) =>
  accessBy({ service: recognizesServices(serviceCredential(secrets)) });
