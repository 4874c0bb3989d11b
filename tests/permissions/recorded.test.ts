import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allDisruptions } from '../../e2e/longhorn/disruptions.ts';
import { longhornNamespace } from '../../e2e/longhorn/resources.ts';
import { neededRules } from '../../e2e/permissions/needed.ts';
import { toRights } from '../../e2e/permissions/rights.ts';

// What Node sent to the API server in two runs in the lab: all scenarios with every disruption allowed, their
// stores in one namespace, and one scenario with a namespace of its own. Recorded by
// tests/support/record-requests.ts, both files in one, through `sort -u`.
const recorded = readFileSync(new URL('recorded-requests.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

const rules = [undefined, 'stores'].flatMap((namespace) =>
  neededRules({ disruptions: allDisruptions, namespace }),
);
const written = (chosen: typeof rules): string[] =>
  toRights(chosen, { stores: 'stores' }).map(({ verb, group, resource, subresource, namespace = '' }) =>
    `${verb} ${resource}${group && `.${group}`}${subresource ? `/${subresource}` : ''} ${namespace}`.trimEnd(),
  );

const requested = new Set(
  recorded.map((line) => {
    const [verb, what, namespace] = line.split(' ');
    const where = namespace === undefined || namespace === longhornNamespace ? namespace : 'stores';
    return [verb, what, where].filter((part) => part !== undefined).join(' ');
  }),
);
// An exec and a forward are one request each, for which Kubernetes asks after two rights (see
// e2e/kube/access.ts).
for (const right of requested)
  if (/^get pods\/(exec|portforward) /.test(right)) requested.add(right.replace('get', 'create'));

test('what the rules say that scenarios need, they asked for, and nothing else; what is rarely asked for was not', () => {
  const often = new Set(written(rules.filter(({ rareUse }) => rareUse === undefined)));
  expect([...requested].sort()).toEqual([...often].sort());
});
