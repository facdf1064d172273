// The import rules of docs/architecture.md. `npm run check:imports` also fails when no module was seen at all.
const services = 'client-app|ticket-app|payment-app|organizer-systems';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'workflow-imports',
      comment: 'A workflow imports only @temporalio/workflow, its own folder, give-back/, any *.messages.ts and types.',
      severity: 'error',
      from: { path: '^workflows/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot: [
          '^workflows/$1/',
          '^workflows/give-back/',
          '\\.messages\\.ts$',
          '^node_modules/@temporalio/(workflow|common)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'services-are-apart',
      comment: 'A service never imports another service.',
      severity: 'error',
      from: { path: `^services/(${services})/` },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'routes-call-commands',
      comment: 'Only commands, jobs, migrations, seeds and activities touch models.',
      severity: 'error',
      from: { path: '^services/[^/]+/(routes|presenters)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^services/[^/]+/models/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'lib-is-apart',
      comment: 'lib/ imports nothing of the project.',
      severity: 'error',
      from: { path: '^lib/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(services|workflows|activities|temporal|scripts|test|bench)/' },
    },
    {
      name: 'product-is-apart',
      comment: 'Nothing of the product imports scripts/, bench/ or test/.',
      severity: 'error',
      from: { path: '^(services|workflows|activities|temporal|lib)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(scripts|test|bench)/' },
    },
    {
      name: 'no-dev-dependencies-in-the-product',
      severity: 'error',
      from: { path: '^(services|workflows|activities|temporal|lib)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    parser: 'swc',
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
