// A certificate of our own making, as an administrator would put it in place.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Writes chain.pem and key.pem into the folder; name becomes its common name. */
export function makeCertificate(folder, name) {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
    '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'chain.pem')], { stdio: 'pipe' });
  return { certificate: join(folder, 'chain.pem'), key: join(folder, 'key.pem') };
}
