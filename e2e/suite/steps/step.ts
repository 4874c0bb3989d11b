import { fillSentence, type NamesIn } from '../../kube/sentence.ts';
import type { Detail } from './as-step.ts';
import type { Context } from './context.ts';

/** What a sentence calls a parameter: it itself, its label, or what the scenario has for it. */
type Word = string | number | { label: string } | ((context: Context) => string);

/**
 * A step, declared once, under its id (`when.deleted`): scenarios run it, and documents, traceability and mutants read
 * its sentence. What its action is given besides the context are its parameters.
 */
export type Step<Args extends unknown[], Result, Sentence extends string = string> = {
  /** With what it names of its parameters in braces. */
  sentence: Sentence;
  parameters?: (...args: Args) => Record<NamesIn<Sentence>, Word>;
  action: (context: Context, ...args: Args) => Promise<Result>;
  detail?: (result: Result, context: Context, ...args: Args) => Detail;
  /** It waits for a timer, of Longhorn's or of cron's: meanwhile another scenario may begin. */
  waitsForTimer?: true;
  /** Opens what it needs, which is a step of its own, before. */
  opens?: (context: Context, ...args: Args) => Promise<unknown>;
  /** Where it is false nothing is done, and nothing printed. */
  only?: (context: Context, ...args: Args) => boolean;
  /** What is run right after it, and printed by itself. */
  afterwards?: (context: Context, result: Result, ...args: Args) => Promise<void>;
};

// biome-ignore lint/suspicious/noExplicitAny: steps of any parameters.
export type AnyStep = Step<any[], any>;

// biome-ignore lint/suspicious/noExplicitAny: actions of any parameters.
type Action = (context: Context, ...args: any[]) => Promise<any>;
type Given<Of extends Action> = Of extends (context: Context, ...args: infer Args) => unknown ? Args : never;
type Result<Of extends Action> = Awaited<ReturnType<Of>>;

/** Declares a step, typed by its action; its sentence names what `parameters` has. */
export const step = <Of extends Action, const Sentence extends string>(
  declared: Omit<Step<Given<Of>, Result<Of>, Sentence>, 'action'> & { action: Of },
): Step<Given<Of>, Result<Of>> => declared as unknown as Step<Given<Of>, Result<Of>>;

const inWords = (word: Word, context: Context): string => {
  if (typeof word === 'function') return word(context);
  return typeof word === 'object' ? word.label : String(word);
};

/** The sentence of a step with these arguments. */
const compose = <Args extends unknown[]>(
  context: Context,
  { sentence, parameters }: Pick<Step<Args, unknown>, 'sentence' | 'parameters'>,
  args: Args,
): string => {
  const words: Record<string, Word> = parameters?.(...args) ?? {};
  return fillSentence(sentence, (name) => inWords(words[name] ?? '', context));
};

/** Runs a step: prints it, does it, and prints what came of it. */
export const runStep = async <Args extends unknown[], Result>(
  context: Context,
  declared: Step<Args, Result>,
  ...args: Args
): Promise<Result> => {
  const { action, detail, waitsForTimer, only, opens, afterwards } = declared;
  if (only?.(context, ...args) === false) return undefined as Result;
  // What needs nothing begins at once: it may take a mark of what has come so far.
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

/** The steps whose ids begin with a word, as scenarios call them: `deleted(backup)` is `when.deleted`. */
export type Called<Steps, Keyword extends string> = {
  [Id in keyof Steps as Id extends `${Keyword}.${infer Name}` ? Name : never]: Steps[Id] extends {
    action: (context: Context, ...args: infer Args) => Promise<infer Result>;
  }
    ? (...args: Args) => Promise<Result>
    : never;
};

/** Makes the steps of one word callable in a scenario. */
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
