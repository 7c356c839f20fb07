import type { AuthorityView } from '@kova/control/api';
import { connect } from '../../api/connect.ts';
import { type Definition, documented } from '../definition.ts';

export const caCommand: Definition = (program, cli, done) => {
  const command = program.command('ca');
  documented(
    command,
    'say where the local authority is and how to trust it',
    'kova certificate ca',
    'kova certificate ca --pem > kova-authority.pem',
  );
  command.option('--pem', 'print the authority itself, to take it to another machine');
  command.action(async ({ pem }: { pem?: boolean }) => {
    const view = await (await connect(cli.env)).get<AuthorityView>('/v1/certificate-authority');
    done({ view, text: pem ? view.pem : instructions(view) });
  });
};

function instructions({ path, fingerprint, notAfter }: AuthorityView): string {
  return `The local authority vouches for the hosts of environments with \`tls: { certificate: 'local' }\`, and can vouch
only for names that nobody owns (localhost, test, internal, …). Nothing trusts it until you say so.

  file         ${path}
  until        ${notAfter.slice(0, 10)}
  fingerprint  ${fingerprint}

Debian, Ubuntu   sudo cp ${path} /usr/local/share/ca-certificates/kova.crt && sudo update-ca-certificates
Fedora, RHEL     sudo cp ${path} /etc/pki/ca-trust/source/anchors/kova.pem && sudo update-ca-trust
macOS            security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ${path}
Windows          certutil -user -addstore Root kova-authority.pem
Chrome on Linux  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Kova -i ${path}
Firefox          Settings → Privacy & Security → Certificates → View Certificates → Authorities → Import
Node.js          NODE_EXTRA_CA_CERTS=${path}
curl             curl --cacert ${path} …

For another machine: kova certificate ca --pem > kova-authority.pem`;
}
