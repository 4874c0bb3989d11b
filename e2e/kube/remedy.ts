import { NoPlugin } from './errors.ts';

const giveCa =
  "name the certificate of the CA that signed the server's in the kubeconfig (certificate-authority, or certificate-authority-data)";

const ofCertificates: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: giveCa,
  SELF_SIGNED_CERT_IN_CHAIN: giveCa,
  UNABLE_TO_GET_ISSUER_CERT: giveCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: giveCa,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: giveCa,
  CERT_HAS_EXPIRED: "have the server's certificate renewed, or see that the clock of this machine is right",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "name the server as its certificate does, or that name in the kubeconfig's tls-server-name",
};

/** How to fix an error of a request that did not reach the API server. Undefined if that is unknown. */
export const remedyOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof NoPlugin) return error.remedy;
  return ofCertificates[(error as NodeJS.ErrnoException).code ?? ''] ?? remedyOf(error.cause);
};
