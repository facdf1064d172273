// npm run model -- [--bounds base|large] [--seconds N] [--only name] [--without rule] [--table] [--json]: explores the model
// of the protocols (test/model/) for longer than the tests do. Exits with 1 if an invariant is broken, with the steps.
import { parseArgs } from 'node:util';
import { explore, type Progress, type Result } from '../test/model/checker.ts';
import { findings } from '../test/model/findings.ts';
import { isRuleName, RULES, type RuleName, ruleNames, rulesWithout } from '../test/model/rules.ts';
import type { Scenario } from '../test/model/scenario.ts';
import { scenarios } from '../test/model/scenarios.ts';
import type { World } from '../test/model/world.ts';
import { reasonOf } from './system/setup-error.ts';

/** About 100 bytes each: what fits into the memory of a small machine. */
const MOST_STATES = 40_000_000;

const values = readArguments();
const say = (line: string) => void (values.json || values.table ? process.stderr : process.stdout).write(`${line}\n`);
const perSecond = ({ states, milliseconds }: Progress) => Math.round((states / Math.max(1, milliseconds)) * 1000);
const until = performance.now() + values.seconds * 1000;

if (values.table) printTable();
else exploreAll();

function readArguments() {
  try {
    const { values: given } = parseArgs({
      options: {
        bounds: { type: 'string', default: 'base' },
        /** For all scenarios together. */
        seconds: { type: 'string', default: '300' },
        only: { type: 'string' },
        without: { type: 'string', multiple: true, default: [] },
        table: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const seconds = Number(given.seconds);
    if (!(seconds > 0)) throw new Error('--seconds is a number above 0.');
    if (given.bounds !== 'base' && given.bounds !== 'large') throw new Error('--bounds is base or large.');
    const all = [...scenarios.base, ...scenarios.large];
    const chosen = given.only ? all.filter(({ name }) => name === given.only) : scenarios[given.bounds];
    if (chosen.length === 0) throw new Error(`--only is one of: ${all.map(({ name }) => name).join(', ')}.`);
    return { ...given, seconds, chosen, without: given.without.map(ruleNamed) };
  } catch (error) {
    console.error(reasonOf(error));
    process.exit(2);
  }
}

function ruleNamed(name: string): RuleName {
  if (!isRuleName(name)) throw new Error(`--without is one of: ${ruleNames.join(', ')}.`);
  return name;
}

/** The time that is left, in equal parts. */
function exploreOne({ name, model }: Scenario, without: readonly RuleName[], stillToDo: number): Result<World> {
  const milliseconds = Math.max(1_000, (until - performance.now()) / stillToDo);
  const progress = (found: Progress) => say(`  ${name}: ${found.states} states, ${perSecond(found)} a second …`);
  return explore(model(rulesWithout(...without)), { states: MOST_STATES, milliseconds, progress });
}

function exploreAll(): never {
  const { chosen, without } = values;
  const found = chosen.map((scenario, index) => {
    say(`${scenario.name}: ${scenario.about}`);
    const result = exploreOne(scenario, without, chosen.length - index);
    const { violation } = result;
    const seen = result.complete ? 'all of them' : violation ? 'until then' : 'BOUND REACHED, there are more';
    say(`  ${result.states} states (${seen}), ${result.atRest} at rest, ${perSecond(result)} a second`);
    if (violation) say(`  VIOLATION: ${violation.what}\n    ${violation.steps.join('\n    ')}`);
    return { name: scenario.name, statesPerSecond: perSecond(result), ...result };
  });
  const ok = found.every(({ violation }) => violation === undefined);
  const sum = (of: (result: Progress) => number) => found.reduce((total, result) => total + of(result), 0);
  const totals = { states: sum(({ states }) => states), milliseconds: Math.round(sum((one) => one.milliseconds)) };
  const complete = found.every((one) => one.complete);
  say(`${totals.states} states, ${perSecond(totals)} a second: ${ok ? 'no violation' : 'VIOLATED'}`);
  if (values.json) {
    const summary = { ok, complete, ...totals, statesPerSecond: perSecond(totals), without, scenarios: found };
    console.log(JSON.stringify(summary));
  }
  process.exit(ok ? 0 : 1);
}

/** What falls without each rule, and by how many steps at least: the table of docs/protocol-tests.md. */
function printTable(): never {
  const all = [...scenarios.base, ...scenarios.large];
  console.log('| rule, switched off | the model finds | in | steps |\n|---|---|---|---|');
  let ok = true;
  for (const rule of ruleNames) {
    const { scenarios: names, breaks, because } = findings[rule];
    const results = all
      .filter(({ name }) => names.includes(name))
      .map((scenario) => ({ scenario, ...exploreOne(scenario, [rule], 1) }));
    const worst = results.find(({ violation }) => violation);
    ok &&= (worst === undefined) === (breaks === undefined);
    const what = worst?.violation?.what ?? `nothing: ${because ?? 'NOT AS EXPECTED'}`;
    const where = worst?.scenario.name ?? names.join(', ');
    console.log(`| ${RULES[rule]} (\`${rule}\`) | ${what} | ${where} | ${worst?.violation?.steps.length ?? ''} |`);
  }
  process.exit(ok ? 0 : 1);
}
