import { z } from 'zod';

/** The output of `npx corral doctor --output json`. */
export const diagnosisSchema = z.object({
  provider: z.string().describe('lab, kind, k3d or existing'),
  longhorn: z
    .string()
    .describe('emulator, archive:DIR, official:VERSION, or installed: the one that an existing cluster has'),
  ready: z.boolean().describe('whether all is there that a run needs: no check is missing'),
  checks: z.array(
    z.object({
      title: z.string().describe('what was looked at'),
      state: z
        .enum(['ok', 'warning', 'missing'])
        .describe('a run goes on without what there is a warning for'),
      detail: z.string().describe('what was found, or what is wrong'),
      mend: z
        .string()
        .nullable()
        .describe('what mends it, as a rule a command; null where there is nothing to mend'),
    }),
  ),
});

/** The results of all checks for one provider and one Longhorn. */
export type DoctorResult = z.infer<typeof diagnosisSchema>;
