import { formatDuration } from '../../../kube/duration.ts';
import type { PageScenario, ReportSentence, ReportTimeline } from '../data.ts';
import { element } from './element.ts';
import { formatAt } from './format.ts';

/** The sign for the result of a sentence. */
export const sentenceSigns: Record<ReportSentence['state'], string> = {
  passed: '✓',
  failed: '✗',
  'known-bug': '!',
  noted: '·',
  unfinished: '…',
};

/** The sentences of a scenario with their times from the history. Without a history, only the durations are known. */
export const sentencesOfScenario = (
  { steps }: PageScenario,
  timeline: ReportTimeline | null,
): (ReportSentence & { duration: number | null })[] => {
  if (timeline !== null && timeline.sentences.length > 0)
    return timeline.sentences.map((each) => ({
      ...each,
      duration:
        each.from === null || each.to === null || each.state === 'noted'
          ? null
          : (each.to - each.from) * 1000,
    }));
  return steps.map(({ sentence, state, duration }) => ({
    sentence,
    state,
    from: null,
    to: null,
    duration: state === 'noted' ? null : duration,
  }));
};

/** Lists the sentences. A click on a sentence shows its time in the chart. */
export const sentenceList = (
  sentences: ReturnType<typeof sentencesOfScenario>,
  choose: (from: number, to: number) => void,
): HTMLElement =>
  element(
    'ol',
    'sentences',
    sentences.map(({ sentence, state, from, to, duration }) => {
      const sign = element('span', 'sign', [sentenceSigns[state]]);
      sign.ariaLabel = state;
      const parts = [
        sign,
        element('span', 'text', [sentence]),
        element('span', 'at', [from === null ? '' : formatAt(from, 1)]),
        element('span', 'took', [duration === null ? '' : formatDuration(duration)]),
      ];
      if (from === null) return element('li', state, [element('span', 'sentence', parts)]);
      const choice = element('button', 'sentence', parts);
      choice.type = 'button';
      choice.title = 'Show this in the timeline';
      choice.addEventListener('click', () => choose(from, to ?? from));
      return element('li', state, [choice]);
    }),
  );
