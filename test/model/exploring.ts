import { expect } from 'chai';
import { describe, it } from 'mocha';
import { explore, type Result } from './checker.ts';
import { findings } from './findings.ts';
import { RULES, type RuleName, ruleNames, rulesWithout } from './rules.ts';
import type { Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** Many times what each needs: a slow machine is not to be taken for a fault. */
const limits = { states: 2_000_000, milliseconds: 240_000 };
const timeoutMs = 250_000;

const tell = ({ violation, complete, states }: Result<World>): string =>
  violation
    ? `${violation.what}, after:\n  ${violation.steps.join('\n  ')}`
    : `nothing wrong in ${states} states${complete ? '' : ', and that was not all'}`;

/** With all rules every state of each scenario is right; without one of them the model finds what is told in `findings`. */
export function exploring(what: string, scenarios: readonly Scenario[]): void {
  const named = (name: string) => scenarios.find((scenario) => scenario.name === name);
  const tried = (rule: RuleName) => findings[rule].scenarios.flatMap((name) => named(name) ?? []);

  describe(`the model of ${what}`, function () {
    this.timeout(timeoutMs);
    for (const { name, about, model } of scenarios)
      it(`${name}: every state is right, and leads to rest (${about})`, () => {
        const found = explore(model(rulesWithout()), limits);
        expect(found.violation, tell(found)).to.equal(undefined);
        expect(found.complete, tell(found)).to.equal(true);
      });

    for (const rule of ruleNames.filter((name) => tried(name).length > 0)) {
      const { breaks, because } = findings[rule];
      const finds = breaks === undefined ? `finds nothing: ${because}` : `finds: ${breaks}`;
      it(`without "${RULES[rule]}" ${finds}`, () => {
        for (const { model } of tried(rule)) {
          const found = explore(model(rulesWithout(rule)), limits);
          if (breaks === undefined) {
            expect(found.violation, tell(found)).to.equal(undefined);
            expect(found.complete, tell(found)).to.equal(true);
          } else expect(found.violation?.what ?? tell(found)).to.contain(breaks);
        }
      });
    }
  });
}
