// npm run check:imports: the rules of .dependency-cruiser.cjs over the whole project.
import { checkImports } from './checks/import-rules.ts';

const { modules, violations } = await checkImports();
for (const { rule, from, to } of violations) console.log(`${rule}: ${from} → ${to}`);
console.log(`${modules} modules, ${violations.length} violations`);
process.exit(violations.length === 0 ? 0 : 1);
