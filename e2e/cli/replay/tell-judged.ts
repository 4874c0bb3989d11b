import type { Recording } from '../../history/recording.ts';
import { endings, tellExpected } from '../../suite/evidence/history/expectations.ts';
import { markerSchema } from '../../suite/evidence/history/markers.ts';
import { agrees, type Judged, wentWell } from '../../suite/evidence/replay/judge-again.ts';

const nameState = (state: string | undefined): string => endings[state as keyof typeof endings] ?? 'not decided';

const indent = (text: string): string[] => text.split('\n').map((line) => (line === '' ? '' : `      ${line}`));

/** What is said of a history as a whole: what it is of, and how much there is in it. */
export const tellHistory = ({ header, lines }: Recording, path: string): string[] => {
  const events = lines.filter((line) => !('marker' in line)).length;
  const { recording, run, longhorn, kubernetes } = header;
  const of = [longhorn && `Longhorn ${longhorn}`, kubernetes && `Kubernetes ${kubernetes}`, run && `run ${run}`, `${events} events`].filter(
    (part) => part,
  );
  return [String(recording), `  ${path}: ${of.join(', ')}`, ...tellPlace(lines)];
};

// Decided by the faults of the whole run, of which a history alone knows nothing.
const tellPlace = (lines: Recording['lines']): string[] => {
  const told = lines.map((line) => ('marker' in line ? markerSchema.safeParse(line).data?.pointsTo : undefined));
  const pointsTo = told.findLast((each) => each !== undefined);
  return pointsTo === undefined
    ? []
    : [`  points to: ${pointsTo.place}, as decided then`, ...pointsTo.because.map((each) => `    ${each}`)];
};

/** An expectation, how it was judged then and how it is judged now; the whole explanation of one that did not end as it was meant to. */
export const tellJudged = (judged: Judged): string[] => {
  const { set, recorded, now, why } = judged;
  const subject = tellExpected(set);
  const wanted = set.wanted === undefined ? '' : `, as it was meant to`;
  if (now === undefined) return [`  · ${subject}: ${nameState(recorded?.phase)} then; not judged again: ${why}`];
  const isAsMeant = now.state === (set.wanted ?? 'met');
  const explained = isAsMeant ? [] : indent(now.text);
  if (agrees(judged) === undefined)
    return [`  · ${subject}: ${nameState(now.state)} now; the history ends before it was decided then`, ...explained];
  if (agrees(judged))
    return [`  ${wentWell(judged) ? '✓' : '✗'} ${subject}: ${nameState(now.state)}${isAsMeant ? wanted : ''}, then and now`, ...explained];
  return [`  ! ${subject}: ${nameState(recorded?.phase)} then, ${nameState(now.state)} now: the judgement DIFFERS`, ...explained];
};
