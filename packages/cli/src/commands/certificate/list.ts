import type { CertificateView } from '@kova/control/api';
import { connect } from '../../api/connect.ts';
import { plain, renderTable } from '../../output/table.ts';
import { type Definition, documented, withProject } from '../definition.ts';

const headers = ['PROJECT', 'ENVIRONMENT', 'HOSTS', 'SOURCE', 'UNTIL', 'RENEWED'];

export const listCommand: Definition = (program, cli, done) => {
  const command = program.command('list');
  documented(command, 'list the certificates of all environments that ask for one', 'kova certificate list');
  withProject(command).action(async ({ project }: { project?: string }) => {
    const all = await (await connect(cli.env)).get<CertificateView[]>('/v1/certificates');
    const view = all.filter((each) => project === undefined || each.project === project);
    done({ view, text: view.length > 0 ? table(view) : 'No environment asks for a certificate.' });
  });
};

function table(certificates: readonly CertificateView[]): string {
  const rows = certificates.map(({ project, environment, hosts, source, notAfter, renewsAt }) => [
    ...[project, environment, hosts.join(', '), source],
    ...[notAfter?.slice(0, 10) ?? '–', renewsAt?.slice(0, 10) ?? 'with the files'],
  ]);
  const problems = certificates.flatMap(({ environment, problem }) =>
    problem === null ? [] : [`warning: ${environment}: ${plain(problem)}`],
  );
  return [renderTable(headers, rows), ...problems].join('\n');
}
