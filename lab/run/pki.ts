import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { apiServiceAddress, gateway, type LabNode } from './topology.ts';

/**
 * Validity of certificates before and after the lab's start. Ten days are more than the life of any lab, and
 * than any clock skew in a test.
 */
const MARGIN_MS = 10 * 24 * 3_600_000;

// In openssl's format: 20261231235959Z.
const timestamp = (time: number): string =>
  `${new Date(time).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;

type Identity = { name: string; subject: string; addresses?: string };

const identities = (nodes: readonly LabNode[]): Identity[] => [
  {
    name: 'kube-apiserver',
    subject: '/CN=kube-apiserver',
    addresses: `IP:${gateway},IP:127.0.0.1,IP:${apiServiceAddress},DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:localhost`,
  },
  { name: 'kubelet-client', subject: '/O=system:masters/CN=kube-apiserver-kubelet-client' },
  { name: 'front-proxy-client', subject: '/CN=front-proxy-client' },
  { name: 'admin', subject: '/O=system:masters/CN=lab-admin' },
  { name: 'kube-controller-manager', subject: '/CN=system:kube-controller-manager' },
  { name: 'kube-scheduler', subject: '/CN=system:kube-scheduler' },
  { name: 'kube-proxy', subject: '/CN=system:kube-proxy' },
  ...nodes.map(({ name, address }) => ({
    name,
    subject: `/O=system:nodes/CN=system:node:${name}`,
    addresses: `IP:${address},DNS:${name}`,
  })),
];

/**
 * Creates the lab's certificate authority and a certificate for each of its parts, as PEM files in `dir`.
 * Every lab has new ones.
 */
export const makeCertificates = async (options: {
  dir: string;
  tools: string;
  nodes: readonly LabNode[];
}): Promise<void> => {
  const { dir, tools, nodes } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writeFile(join(dir, 'openssl.cnf'), '[req]\ndistinguished_name=dn\n[dn]\n');
  const openssl = (command: string) =>
    execa(join(tools, 'openssl'), command.split(' '), {
      cwd: dir,
      env: { OPENSSL_CONF: join(dir, 'openssl.cnf'), HOME: dir },
    });
  const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc';
  const [begin, end] = [-MARGIN_MS, MARGIN_MS].map((margin) => timestamp(Date.now() + margin));
  const validity = `-not_before ${begin} -not_after ${end}`;
  const ofAuthority =
    '-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign';
  await openssl(
    `req -x509 ${newKey} -keyout ca.key -out ca.crt -subj /CN=corral-lab-ca ${validity} ${ofAuthority}`,
  );

  const issue = ({ name, subject, addresses }: Identity) => {
    const extensions = [
      'extendedKeyUsage=serverAuth,clientAuth',
      ...(addresses ? [`subjectAltName=${addresses}`] : []),
    ];
    return openssl(
      `req -x509 ${newKey} -keyout ${name}.key -out ${name}.crt -subj ${subject} -CA ca.crt -CAkey ca.key ${validity} ${extensions.map((extension) => `-addext ${extension}`).join(' ')}`,
    );
  };
  await Promise.all([
    openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out service-account.key'),
    ...identities(nodes).map(issue),
  ]);
};
