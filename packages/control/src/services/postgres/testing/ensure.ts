import { homeAt } from '../../../home/home.ts';
import { createDatabases } from '../databases.ts';

// Run as a process of its own: ensures the database of argv[3]/argv[4] in the home argv[2], tells its URL, and stays.
const [, , root = '', project = '', environment = ''] = process.argv;
const { url } = await createDatabases(homeAt(root)).ensure(project, environment);
console.log(url.reveal());
setInterval(() => {}, 60_000);
