import { userInfo } from 'node:os';
import type { Client } from '../api/client.ts';
import { connect } from '../api/connect.ts';
import type { Cli, Result } from '../cli.ts';
import { type Accept, detached, follow } from '../follow/follow.ts';
import { environmentPath, findProject } from '../project/project.ts';

export interface ActOptions {
  project?: string;
  detach?: boolean;
}

/** Asks something of an environment; the id of the deployment that it concerns, and the client to go on with. */
export async function act(
  cli: Cli,
  environment: string,
  action: string,
  body: object,
  options: ActOptions,
): Promise<{ client: Client; deployment: string }> {
  const client = await connect(cli.env);
  const project = await findProject(cli, client, options.project);
  const path = `${environmentPath(project, environment)}/${action}`;
  const { deployment } = await client.post<{ deployment: string }>(path, { by: personHere(), ...body });
  return { client, deployment };
}

/** As `act`, and shows what happens until it has ended. */
export async function actAndFollow(
  cli: Cli,
  environment: string,
  action: string,
  body: object,
  options: ActOptions,
  accept?: Accept,
): Promise<Result> {
  const { client, deployment } = await act(cli, environment, action, body, options);
  return options.detach ? detached(deployment) : follow(cli, client, deployment, accept);
}

/** The name of the user at this machine. */
export function personHere(): string {
  try {
    return userInfo().username || 'local';
  } catch {
    return 'local';
  }
}
