import { homeAt } from '../../../home/home.ts';
import { createDockerServices } from '../docker-services.ts';
import { postgresWish, wish } from './dock.ts';

// Run as a process of its own: ensures the database of the environment argv[4] in the home argv[2], whose mark is
// argv[3], on the engine of DOCKER_HOST; tells its URL, and stays.
const [, , root = '', mark = '', environment = ''] = process.argv;
const services = createDockerServices({ env: process.env, home: homeAt(root), mark });
const { DATABASE_URL } = await services.ensure(wish(postgresWish, environment));
console.log(DATABASE_URL?.reveal());
setInterval(() => {}, 60_000);
