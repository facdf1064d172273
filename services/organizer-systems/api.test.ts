import { expect } from 'chai';
import { it } from 'mocha';
import { apiDocumentAt, checkApiDocument, operationsOf } from '../../test/openapi.ts';
import { credentialsX, credentialsY, startOrganizerSystem } from '../../test/organizer-system.ts';

const control = [
  'POST /control/faults',
  'GET /control/faults',
  'DELETE /control/faults',
  'POST /control/sold-elsewhere',
  'GET /control/holds',
];
const systems = [
  [credentialsX, ['POST /api/v1/holds', 'DELETE /api/v1/holds/{reference}']],
  [credentialsY, ['PUT /allotments/{ref}', 'POST /allotments/{ref}/free']],
] as const;

for (const [credentials, calls] of systems) {
  it(`the API page of organizer ${credentials.system.toUpperCase()} is valid, and its examples fit`, async function () {
    this.timeout(60_000);
    const system = await startOrganizerSystem(credentials);
    try {
      const document = await apiDocumentAt(system.url);
      expect(operationsOf(document).map(([name]) => name)).to.include.members([...calls, ...control]);
      await checkApiDocument(document);
    } finally {
      await system.close();
    }
  });
}
