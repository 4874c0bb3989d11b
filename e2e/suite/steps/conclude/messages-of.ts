import { shorten } from '../../../kube/shorten.ts';
import type { Context } from '../context.ts';
import { judgeMessages } from './judge-messages.ts';

/** A message of Longhorn with its place in the catalogue, in words. */
export type ToldMessage = { of: string; text: string; class: string; id: string | null; meaning: string };

// The text of a failed deletion runs to some kilobytes, with what matters in its first few hundred characters.
const longestText = 700;

type Met = ReturnType<typeof judgeMessages>['met'][number];

const idOf = ({ classification }: Met): string | undefined => (classification.class === 'unclassified' ? undefined : classification.id);

// In whatever field, and in whatever state of the object.
const isSame = (one: Met, other: Met): boolean => one.of === other.of && one.text === other.text && idOf(one) === idOf(other);

/** What Longhorn has said of a scenario's objects so far: each message once, in the order in which it was met. */
export const messagesOf = ({
  timelines,
  made,
  target,
  expected,
  version,
}: Pick<Context, 'timelines' | 'made' | 'target' | 'expected' | 'version'>): ToldMessage[] => {
  const { met } = judgeMessages(timelines, { volumes: made.volumes, target, expected, version });
  return met
    .toSorted((one, other) => one.at - other.at)
    .filter((one, index, all) => all.findIndex((other) => isSame(one, other)) === index)
    .map(({ of, text: whole, classification }) => {
      const text = shorten(whole, longestText);
      return classification.class === 'unclassified'
        ? { of, text, class: 'unclassified', id: null, meaning: 'Nobody knows this message.' }
        : {
            of,
            text,
            class: classification.class,
            id: classification.id,
            meaning: `${classification.row.means} ${classification.row.advice}`,
          };
    });
};
