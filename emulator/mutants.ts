/** Bugs that the emulator can be given on purpose, of the kind Longhorn has had; every scenario they touch must fail on them. */
export const mutants = {
  'second-not-held': 'a new backup of a volume starts while another of its backups is Deleting: no Pending, and it runs into the deletion',
  'message-missing': 'a held backup is Pending without status.messages.info: nobody learns what it waits for',
  'deletion-never-ends': 'the deletion succeeds in the store, but the Backup stays Deleting with its finalizer',
  'cfg-left-behind': 'the Backup goes while its config file stays in the store',
} as const;

export type Mutant = keyof typeof mutants;

export const isMutant = (name: string): name is Mutant => Object.hasOwn(mutants, name);
