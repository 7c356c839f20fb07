import { dropReport, writeReport } from '../report/write.ts';
import { type Definition, documented } from './definition.ts';

const name = 'security.sarif';

export const securityCommand: Definition = (program, place) => {
  const command = program.command('security');
  documented(
    command,
    'look for vulnerable packages, secrets, dangerous code and careless Dockerfiles; list what the app is made of',
    'KOVA_OSV_DATABASE=/var/lib/osv/npm kova-check security',
  );
  command.action(async () => {
    await dropReport(place, name);
    // ESLint and TypeScript take a second to load, which no other command shall wait for.
    const [{ checkSecurity }, { sarifDocument }] = await Promise.all([
      import('../security/check.ts'),
      import('../security/sarif.ts'),
    ]);
    await writeReport(place, name, sarifDocument(await checkSecurity(place)));
  });
};
