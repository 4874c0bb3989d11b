import { z } from 'zod';
import { askSocket } from '../kube/json-socket.ts';

/** What a lab is asked; its actions are listed in lab/control/actions.ts. */
export type LabQuestion = { action: string } & Record<string, unknown>;

/** The lab that was asked is not up any more. */
export class LabGone extends Error {
  override readonly name = 'LabGone';
}

// The longest order, the start of a node, ends after 60 s by itself.
const answerTimeout = 120_000;

const answerSchema = z.union([z.object({ error: z.string() }), z.object({ result: z.object({ faulty: z.boolean(), text: z.string() }) })]);

/** Asks the lab in a folder to do something, or to look at something; throws LabGone when nobody listens there. */
export const askLab = async (folder: string, question: LabQuestion): Promise<{ faulty: boolean; text: string }> => {
  const answer = await askSocket({ folder, name: 'control.sock' }, question, { within: answerTimeout }).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT' || code === 'ECONNREFUSED' ? new LabGone(`no lab is up in ${folder}`, { cause: error }) : error;
  });
  const parsed = answerSchema.parse(answer);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.result;
};
