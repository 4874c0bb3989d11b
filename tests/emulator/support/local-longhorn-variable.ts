/** Environment variable with the folder that stands for the NFS export. */
export const storeVariable = 'CORRAL_TEST_STORE';
