import { indent } from './indent.ts';
import type { Failure } from './schema.ts';

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.flatMap((line) => indent(line, '  '))];

/**
 * Composes the facts about a failure other than its reason: the hint where to look, Longhorn's messages with their
 * meaning from the catalogue, the faults in force, and the paths of the evidence.
 */
export const composeCircumstances = ({
  messages,
  faults,
  evidence,
  pointsTo,
}: Omit<Failure, 'step' | 'reason'>): string[] => [
  ...(pointsTo === undefined ? [] : section(`Points to: ${pointsTo.place}`, pointsTo.because)),
  ...section(
    'Messages of Longhorn:',
    messages.flatMap(({ of, text, class: kind, id, meaning }) => [
      `${of}: ${text.trim().replaceAll('\n', '\n  ')}`,
      `  ${kind}${id === null ? '' : `, ${id}`}: ${meaning}`,
    ]),
  ),
  ...section(
    'Faults in force:',
    faults.map(({ name, state, proof }) => `${name}, ${state}${proof === null ? '' : `: ${proof}`}`),
  ),
  ...section('Evidence:', evidence),
];

/** Formats a failure for printing when it happens: the step, the whole reason, and the other facts. */
export const formatFailure = (failure: Failure): string[] => [
  failure.step === null ? 'stopped outside of its steps' : `stopped at: ${failure.step}`,
  ...[...failure.reason.split('\n'), ...composeCircumstances(failure)].flatMap((line) => indent(line, '  ')),
];

/** The reason of a result without the failure that was already printed. Null if nothing else is left. */
export const reasonAfterFailure = (reason: string | null, printed: Failure | undefined): string | null =>
  reason === printed?.reason
    ? null
    : printed === undefined
      ? reason
      : (reason?.replace(printed.reason, () => '(see above)') ?? null);
