import type { CommitStatus } from '@kova/core/repository/status';
import { type CommitStatuses, StatusRefused } from '../ports/commit-statuses.ts';
import { repositoryPath } from '../repository/address.ts';
import { apiAddress } from './api-address.ts';
import { sendStatus } from './send.ts';

const states: Readonly<Record<CommitStatus['state'], string>> = {
  pending: 'pending',
  success: 'success',
  failure: 'failed',
  error: 'canceled',
};

/** https://docs.gitlab.com/api/commits/#set-commit-pipeline-status */
export const gitlabStatuses: CommitStatuses = {
  async tell({ url, api, token, commit }, { context, state, description }, link) {
    const base = apiAddress(url, api, (host) => `https://${host}/api/v4`);
    const project = encodeURIComponent(repositoryPath(url));
    const body = { state: states[state], name: context, description, ...(link === null ? {} : { target_url: link }) };
    const headers = { 'private-token': token.reveal() };
    await sendStatus(`${base}/projects/${project}/statuses/${commit}`, headers, body, token).catch(unlessSaid);
  },
};

/** GitLab refuses to be told the same state twice. */
function unlessSaid(error: Error): void {
  if (!(error instanceof StatusRefused && error.message.includes('Cannot transition status'))) throw error;
}
