/** Whether help is asked for, of a command that has no flags otherwise. */
export const asksForHelp = (argv: readonly string[]): boolean => argv.some((argument) => argument === '--help' || argument === '-h');
