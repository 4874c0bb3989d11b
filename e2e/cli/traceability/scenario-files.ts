import { parseAst } from 'rolldown/parseAst';

/**
 * A scenario in its source form, and the steps that it calls directly or through helpers of its file, such as
 * `then.deleted`.
 */
type WrittenScenario = {
  name: string;
  text: string;
  calls: ReadonlySet<string>;
  /** The bugs of the ledger whose promises the scenario checks. */
  kept: readonly string[];
  /** The cells of the store's matrix that the scenario declares. */
  cells: readonly string[];
  /** The ids of the promises that the scenario declares to prove. */
  proves: readonly string[];
};

/** A file of scenarios. `calls` are all steps that are called in it. */
export type ScenarioFile = { scenarios: readonly WrittenScenario[]; calls: ReadonlySet<string> };

type Node = { type: string; start: number; end: number; [part: string]: unknown };

const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string';
const partsOf = (node: Node): Node[] => Object.values(node).flat().filter(isNode);
const parse = (source: string): Node => parseAst(source, { lang: 'ts' }) as unknown as Node;

/** Yields a node and all nodes below it, each with its ancestors, the nearest last. */
const walk = function* (
  node: Node,
  above: readonly Node[] = [],
): Generator<{ node: Node; above: readonly Node[] }> {
  yield { node, above };
  for (const part of partsOf(node)) yield* walk(part, [...above, node]);
};

const nameOf = (node: unknown): string => {
  if (!isNode(node)) return '';
  if (node.type === 'MemberExpression') return nameOf(node.property);
  return String(node.name ?? node.value ?? '');
};

/** The value of a string literal. Undefined for any other node. */
const textOf = (node: unknown): string | undefined =>
  isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;

/**
 * The step that a call expression calls, such as `then.deleted`, through `then` itself or a property of that name.
 * Undefined for other calls.
 */
const calledBy = ({ type, callee }: Node): string | undefined => {
  if (type !== 'CallExpression' || !isNode(callee) || callee.type !== 'MemberExpression') return undefined;
  const word = nameOf(callee.object);
  return ['given', 'when', 'then'].includes(word) ? `${word}.${nameOf(callee)}` : undefined;
};

/** The strings in an array option of a scenario. */
const listed = (statement: Node, option: 'cells' | 'proves'): string[] =>
  [...walk(statement)].flatMap(({ node: { type, key, value } }) =>
    type === 'Property' && nameOf(key) === option && isNode(value)
      ? ((value.elements ?? []) as Node[]).map((each) => textOf(each) ?? '')
      : [],
  );

/** Finds the scenarios in the source of a file, and the steps that they call. */
export const readScenarios = (source: string): ScenarioFile => {
  const program = parse(source);
  const declared = new Map<string, Node>();
  for (const { declarations } of partsOf(program))
    for (const each of (declarations ?? []) as Node[]) declared.set(nameOf(each.id), each);
  const callsIn = (start: Node, seen = new Set<Node>()): { step: string; node: Node }[] => {
    seen.add(start);
    return [...walk(start)].flatMap(({ node }) => {
      const helper = node.type === 'Identifier' ? declared.get(nameOf(node)) : undefined;
      const step = calledBy(node);
      return [
        ...(step === undefined ? [] : [{ step, node }]),
        ...(helper === undefined || seen.has(helper) ? [] : callsIn(helper, seen)),
      ];
    });
  };
  const scenarios = partsOf(program).flatMap((statement): WrittenScenario[] => {
    const { expression } = statement;
    if (
      !isNode(expression) ||
      expression.type !== 'CallExpression' ||
      nameOf(expression.callee) !== 'scenario'
    )
      return [];
    const name = textOf((expression.arguments as Node[])[0]);
    if (name === undefined)
      throw new Error(
        `a scenario's name is not written out: ${source.slice(statement.start, statement.start + 100)}`,
      );
    const text = source.slice(statement.start, statement.end);
    const calls = callsIn(statement);
    const kept = calls.flatMap(({ step, node }) =>
      step === 'then.orKnownBug' ? (textOf((node.arguments as Node[])[0]) ?? []) : [],
    );
    const [cells, proves] = [listed(statement, 'cells'), listed(statement, 'proves')];
    return [{ name, text, calls: new Set(calls.map(({ step }) => step)), kept, cells, proves }];
  });
  return { scenarios, calls: new Set([...walk(program)].flatMap(({ node }) => calledBy(node) ?? [])) };
};
