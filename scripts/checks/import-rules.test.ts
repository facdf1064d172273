import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { checkImports, type ImportReport } from './import-rules.ts';

/** One file that breaks each rule, and the file it must not import. */
const PLANTED = {
  'no-circular': 'lib/planted/a.ts',
  'not-resolvable': 'lib/planted/nowhere.ts',
  'workflow-imports': 'workflows/planted/planted.workflow.ts',
  'services-are-apart': 'services/ticket-app/commands/planted.ts',
  'routes-call-commands': 'services/ticket-app/routes/planted.ts',
  'lib-is-apart': 'lib/planted/out.ts',
  'product-is-apart': 'activities/planted.ts',
  'no-dev-dependencies-in-the-product': 'temporal/planted.ts',
};

const SOURCES: Record<string, string> = {
  'lib/planted/a.ts': "export * from './b.ts';",
  'lib/planted/b.ts': "export * from './a.ts';",
  'lib/planted/nowhere.ts': "export * from './there-is-no-such-file.ts';",
  'workflows/planted/planted.workflow.ts': "import 'node:fs';",
  'services/ticket-app/commands/planted.ts': "export * from '../../payment-app/config.ts';",
  'services/ticket-app/routes/planted.ts': "export * from '../models/seat-ledger.ts';",
  'lib/planted/out.ts': "export * from '../../services/payment-app/config.ts';",
  'activities/planted.ts': "export * from '../scripts/system/ports.ts';",
  'temporal/planted.ts': "export * from 'fast-check';",
  'services/ticket-app/presenters/planted.ts': "import type { X } from '../models/seat-ledger.ts'; export type Y = X;",
};

describe('checkImports', function () {
  // It reads the whole repository, alone on a processor for some seconds.
  this.timeout(60_000);
  let report: ImportReport;
  before(async () => {
    report = await checkImports(SOURCES);
  });

  for (const [rule, file] of Object.entries(PLANTED)) {
    it(`sees a file that breaks ${rule}`, () => {
      const broken = report.violations.filter((violation) => violation.rule === rule).map(({ from }) => from);
      expect(broken).to.include(file);
    });
  }

  it('allows types from anywhere', () => {
    expect(report.violations.map(({ from }) => from)).to.not.include('services/ticket-app/presenters/planted.ts');
  });

  it('reads the whole project', () => {
    expect(report.modules).to.be.greaterThan(100);
  });
});
