import type { CertificateView } from '@kova/control/api';
import { connect } from '../../api/connect.ts';
import { certificateText } from '../../output/certificate.ts';
import { environmentPath, findProject } from '../../project/project.ts';
import { type Definition, documented, withProject } from '../definition.ts';

export const showCommand: Definition = (program, cli, done) => {
  const command = program.command('show');
  documented(command, 'show the certificate of an environment', 'kova certificate show production');
  withProject(command)
    .argument('<environment>', 'whose certificate')
    .action(async (environment: string, { project }: { project?: string }) => {
      const client = await connect(cli.env);
      const path = environmentPath(await findProject(cli, client, project), environment);
      const view = await client.get<CertificateView>(`${path}/certificate`);
      done({ view, text: certificateText(view) });
    });
};
