import type { DocumentedPromise } from '../../e2e/cli/promises/map.ts';
import type { ScenarioFile } from '../../e2e/cli/traceability/scenario-files.ts';

/** What the promises are held against: files of scenarios by their path, ids of steps, names of bugs. */
export type Known = {
  scenarios: ReadonlyMap<string, ScenarioFile>;
  steps: ReadonlySet<string>;
  bugs: ReadonlySet<string>;
};

/** Whether scenarios declare such a promise: others they do not judge in full. */
const isDeclared = ({ status }: DocumentedPromise): boolean => status === 'proven' || status === 'known-bug';

const proofOf = (promise: DocumentedPromise): Readonly<Record<string, readonly string[]>> =>
  ('proof' in promise ? promise.proof : undefined) ?? {};

/** Where the promises and the scenarios that declare them disagree; empty when they agree. */
export const findDisagreements = (promises: readonly DocumentedPromise[], known: Known): string[] => {
  const byId = new Map(promises.map((promise) => [promise.id, promise]));
  const twice = promises.filter((promise) => byId.get(promise.id) !== promise);
  return [
    ...twice.map(({ id }) => `there are two promises ${id}`),
    ...promises.flatMap((promise) =>
      problemsOf(promise, known).map((problem) => `${promise.id}: ${problem}`),
    ),
    ...[...known.scenarios].flatMap(([path, { scenarios }]) =>
      scenarios.flatMap(({ name, proves }) =>
        proves.flatMap((id) => {
          const problem = problemOfDeclaration(path, byId.get(id));
          return problem === undefined ? [] : [`"${name}" declares ${id}, and ${problem}`];
        }),
      ),
    ),
  ];
};

const problemOfDeclaration = (path: string, promise: DocumentedPromise | undefined): string | undefined => {
  if (promise === undefined) return 'there is no such promise';
  if (!isDeclared(promise)) return `that is ${promise.status}`;
  return proofOf(promise)[path] === undefined ? `its proof does not name ${path}` : undefined;
};

const problemsOf = (promise: DocumentedPromise, known: Known): string[] => [
  ...('bugs' in promise ? promise.bugs : [])
    .filter((bug) => !known.bugs.has(bug))
    .map((bug) => `there is no known bug ${bug}`),
  ...Object.entries(proofOf(promise)).flatMap(([path, steps]) => {
    const file = known.scenarios.get(path);
    if (file === undefined) return [`there is no file of scenarios ${path}`];
    return problemsOfProof(promise, { path, steps, file, known });
  }),
];

type Proof = { path: string; steps: readonly string[]; file: ScenarioFile; known: Known };

const problemsOfProof = (promise: DocumentedPromise, { path, steps, file, known }: Proof): string[] => {
  const declaring = file.scenarios.filter(({ proves }) => proves.includes(promise.id));
  if (isDeclared(promise) && declaring.length === 0) return [`no scenario of ${path} declares it`];
  const judging = isDeclared(promise) ? declaring : file.scenarios;
  const unknown = steps.filter((step) => !known.steps.has(step));
  const uncalled = steps.filter(
    (step) => known.steps.has(step) && !judging.some(({ calls }) => calls.has(step)),
  );
  const idle = declaring.filter(({ calls }) => !steps.some((step) => calls.has(step)));
  return [
    ...unknown.map((step) => `there is no step ${step}`),
    ...uncalled.map((step) => `no scenario of ${path} that is to prove it has ${step}`),
    ...idle.map(({ name }) => `"${name}" declares it, and has none of its steps`),
    ...(steps.some((step) => step.startsWith('then.')) ? [] : [`no step of ${path} judges it`]),
  ];
};
