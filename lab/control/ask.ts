import { z } from 'zod';
import { askSocket } from '../../e2e/kube/json-socket.ts';
import { labDir, labSockets } from '../run/settings.ts';
import { labState } from '../run/state.ts';

const answerSchema = z.union([z.object({ result: z.unknown() }), z.object({ error: z.string() })]);

/** Sends an action to a running lab and returns its result. Throws if the lab is not up or the action failed. */
export const askLab = async (
  name: string,
  question: { action: string } & Record<string, unknown>,
): Promise<unknown> => {
  if ((await labState(name)) === undefined)
    throw new Error(`no lab named ${name} is up; npx corral lab status lists them`);
  const answer = answerSchema.parse(
    await askSocket({ folder: labDir(name), name: labSockets.control }, question),
  );
  if ('error' in answer) throw new Error(answer.error);
  return answer.result;
};
