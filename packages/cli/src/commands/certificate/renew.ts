import type { CertificateView } from '@kova/control/api';
import { connect } from '../../api/connect.ts';
import { certificateText } from '../../output/certificate.ts';
import { environmentPath, findProject } from '../../project/project.ts';
import { type Definition, documented, withProject } from '../definition.ts';

export const renewCommand: Definition = (program, cli, done) => {
  const command = program.command('renew');
  documented(
    command,
    'obtain the certificate of an environment again, at once; the one before is served until then',
    'kova certificate renew production',
  );
  withProject(command)
    .argument('<environment>', 'whose certificate')
    .action(async (environment: string, { project }: { project?: string }) => {
      const client = await connect(cli.env);
      const path = environmentPath(await findProject(cli, client, project), environment);
      const view = await client.post<CertificateView>(`${path}/certificate/renew`, {});
      done({ view, text: certificateText(view) });
    });
};
