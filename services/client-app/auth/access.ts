import { serviceCredential } from '../../../lib/auth/service-credential.ts';
import { accessBy, recognizesServices } from '../../../lib/http/access.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Accounts, recognizesPeople } from './signed-in.ts';

/** The access of a route, by its line in the permission table. Whose things the caller may see is the commands' matter. */
export const accessOf = (known: Accounts & Pick<Dependencies, 'serviceSecrets'>) =>
  accessBy({ person: recognizesPeople(known), service: recognizesServices(serviceCredential(known.serviceSecrets)) });
