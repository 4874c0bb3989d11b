/** What becomes of a fault: `detail` is what there is to say of it, such as the proof that it is in force. */
export type FaultEvent = {
  /** Of its entry in the ledger. */
  id: string;
  name: string;
  /** As a reader would say it. */
  title: string;
  phase: 'entered' | 'injected' | 'proved' | 'healed' | 'failed';
  detail: string;
};

/** Says that a fault is entered in the ledger, and makes what tells how each piece of work on it ends. */
export const tellFault = (of: Pick<FaultEvent, 'id' | 'name' | 'title'>, tell: (event: FaultEvent) => void) => {
  tell({ ...of, phase: 'entered', detail: of.title });
  return async <T>(phase: FaultEvent['phase'], work: Promise<T>, toDetail: (result: T) => string): Promise<T> => {
    try {
      const result = await work;
      tell({ ...of, phase, detail: toDetail(result) });
      return result;
    } catch (error) {
      tell({ ...of, phase: 'failed', detail: `not ${phase}: ${error instanceof Error ? error.message : String(error)}` });
      throw error;
    }
  };
};
