import { fillSentence, type NamesIn, namesOf } from '../../kube/text.ts';
import type { Detail } from './as-step.ts';
import type { Context } from './context.ts';

/** The text for a parameter in a sentence: the value itself, its label, or a function of the context. */
type Word = string | number | { label: string } | ((context: Context) => string);

/**
 * A step, declared once under its id (`when.deleted`). Scenarios run it; documents, traceability and mutants use its
 * sentence. Its parameters are the arguments of its action after the context.
 */
export type Step<Args extends unknown[], Result, Sentence extends string = string> = {
  /** Names of parameters are in braces. */
  sentence: Sentence;
  /** Without it, the names in the sentence are those of the first arguments, in their order. */
  parameters?: (...args: Args) => Record<NamesIn<Sentence>, Word>;
  action: (context: Context, ...args: Args) => Promise<Result>;
  detail?: (result: Result, context: Context, ...args: Args) => Detail;
  /** The step waits for a timer of Longhorn or of cron. Another scenario may begin meanwhile. */
  waitsForTimer?: true;
  /** Opens what the step needs before it starts, as a step with its own sentence. */
  opens?: (context: Context, ...args: Args) => Promise<unknown>;
  /** If it returns false, the step is neither run nor printed. */
  only?: (context: Context, ...args: Args) => boolean;
  /** Runs further steps after this one. They are printed separately. */
  afterwards?: (context: Context, result: Result, ...args: Args) => Promise<void>;
};

// biome-ignore lint/suspicious/noExplicitAny: steps with any parameters.
export type AnyStep = Step<any[], any>;

// biome-ignore lint/suspicious/noExplicitAny: actions with any parameters.
type Action = (context: Context, ...args: any[]) => Promise<any>;
type Given<Of extends Action> = Of extends (context: Context, ...args: infer Args) => unknown ? Args : never;
type Result<Of extends Action> = Awaited<ReturnType<Of>>;

/** Declares a step. Types come from its action, and `parameters` must have all names in the sentence. */
export const step = <Of extends Action, const Sentence extends string>(
  declared: Omit<Step<Given<Of>, Result<Of>, Sentence>, 'action'> & { action: Of },
): Step<Given<Of>, Result<Of>> => declared as unknown as Step<Given<Of>, Result<Of>>;

const inWords = (word: Word, context: Context): string => {
  if (typeof word === 'function') return word(context);
  return typeof word === 'object' ? word.label : String(word);
};

/** Returns the sentence of a step with these arguments. */
const compose = <Args extends unknown[]>(
  context: Context,
  { sentence, parameters }: Pick<Step<Args, unknown>, 'sentence' | 'parameters'>,
  args: Args,
): string => {
  const words: Record<string, Word> | undefined = parameters?.(...args);
  const names = namesOf(sentence);
  return fillSentence(sentence, (name) =>
    inWords(words?.[name] ?? (args[names.indexOf(name)] as Word), context),
  );
};

/** Runs a step: prints it, executes it, and prints its result. */
export const runStep = async <Args extends unknown[], Result>(
  context: Context,
  declared: Step<Args, Result>,
  ...args: Args
): Promise<Result> => {
  const { action, detail, waitsForTimer, only, opens, afterwards } = declared;
  if (only?.(context, ...args) === false) return undefined as Result;
  // Without `opens`, the action must start at once: it may read the last sequence so far.
  if (opens !== undefined) await opens(context, ...args);
  const work = (): Promise<Result> => action(context, ...args);
  const result = await context.asStep(
    compose(context, declared, args),
    waitsForTimer ? () => context.turn.pauseDuring(work) : work,
    (result) => detail?.(result, context, ...args),
  );
  await afterwards?.(context, result, ...args);
  return result;
};

/** The steps whose ids begin with a keyword, as functions for scenarios: `deleted(backup)` is `when.deleted`. */
export type Called<Steps, Keyword extends string> = {
  [Id in keyof Steps as Id extends `${Keyword}.${infer Name}` ? Name : never]: Steps[Id] extends {
    action: (context: Context, ...args: infer Args) => Promise<infer Result>;
  }
    ? (...args: Args) => Promise<Result>
    : never;
};

/** Returns the steps of one keyword as functions for scenarios. */
export const bind = <Steps extends object, Keyword extends string>(
  context: Context,
  steps: Steps,
  keyword: Keyword,
): Called<Steps, Keyword> =>
  Object.fromEntries(
    Object.entries<AnyStep>(steps as Record<string, AnyStep>)
      .filter(([id]) => id.startsWith(`${keyword}.`))
      .map(([id, declared]) => [
        id.slice(keyword.length + 1),
        (...args: unknown[]) => runStep(context, declared, ...args),
      ]),
  ) as Called<Steps, Keyword>;
