import { dangers } from '../../longhorn/dangers.ts';
import { messageClasses } from '../../longhorn/messages/row.ts';
import { tags } from '../../suite/tags.ts';
import { code, table } from './markdown.ts';
import { tellDifferences, tellVersions } from './of-differences.ts';
import { tellFindings } from './of-findings.ts';
import { quoteScenario } from './of-scenarios.ts';
import { tellSteps } from './of-steps.ts';

/** What of the documents is written by the code, by the name that stands in their markers. */
export const sections: Record<string, () => string[]> = {
  dangers: () =>
    table(
      ['name', 'what a scenario does then'],
      Object.entries(dangers).map(([name, text]) => [code(name), text]),
    ),
  differences: tellDifferences,
  example: () => quoteScenario('backup-deletion/normal', 'A backup made during a deletion waits for it, then runs'),
  findings: tellFindings,
  'message-classes': () =>
    table(
      ['class', 'what it tells'],
      Object.entries(messageClasses).map(([name, text]) => [name, text]),
    ),
  'steps-given': () => tellSteps('given'),
  'steps-when': () => tellSteps('when'),
  'steps-then': () => tellSteps('then'),
  'steps-always': () => tellSteps('always'),
  tags: () =>
    table(
      ['tag', 'scenarios'],
      tags.map(({ name, description }) => [code(name), description]),
    ),
  versions: tellVersions,
};
