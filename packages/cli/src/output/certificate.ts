import type { CertificateView } from '@kova/control/api';
import { plain } from './table.ts';

/** One certificate, a fact a line. */
export function certificateText(certificate: CertificateView): string {
  const { hosts, source, issuer, notBefore, notAfter, renewsAt, fingerprint, problem } = certificate;
  const facts: [string, string | null][] = [
    ['hosts', hosts.join(', ')],
    ['source', source],
    ['issuer', issuer],
    ['valid', notBefore && notAfter && `${notBefore} to ${notAfter}`],
    ['renewed', renewsAt ?? 'when the files change'],
    ['fingerprint', fingerprint],
    ['problem', problem],
  ];
  return facts.flatMap(([name, value]) => (value ? [`${name.padEnd(12)}${plain(value)}`] : [])).join('\n');
}
