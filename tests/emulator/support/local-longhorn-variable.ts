/**
 * Environment variable with the folder that stands for the NFS server: the path of a store's URL is one below
 * it.
 */
export const storeVariable = 'CORRAL_TEST_STORE';

/**
 * Environment variable with the clock that managers and their longhorn commands go by, as JSON; without it
 * the fast one.
 */
export const clockVariable = 'CORRAL_TEST_CLOCK';
