import { indent } from './indent.ts';
import type { Failure } from './schema.ts';

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.flatMap((line) => indent(line, '  '))];

/**
 * What is known of a failure beside its reason: where it points to; what Longhorn said, by the catalogue of
 * its messages; the faults in force; where the evidence is.
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

/** A failure, printed where it happened: the step, the whole reason, and what is known beside it. */
export const formatFailure = (failure: Failure): string[] => [
  failure.step === null ? 'stopped outside of its steps' : `stopped at: ${failure.step}`,
  ...[...failure.reason.split('\n'), ...composeCircumstances(failure)].flatMap((line) => indent(line, '  ')),
];

/**
 * The reason of an ending without the failure that was printed before it; null where nothing else is in there.
 */
export const beyondReason = (reason: string | null, printed: Failure | undefined): string | null =>
  reason === printed?.reason
    ? null
    : printed === undefined
      ? reason
      : (reason?.replace(printed.reason, () => '(see above)') ?? null);
