import type { CommitStatuses } from '../ports/commit-statuses.ts';
import { repositoryPath } from '../repository/address.ts';
import { apiAddress } from './api-address.ts';
import { sendStatus } from './send.ts';

/** https://docs.gitea.com/api/: `POST /repos/{owner}/{repo}/statuses/{sha}`. */
export const giteaStatuses: CommitStatuses = {
  async tell({ url, api, token, commit }, { context, state, description }, link) {
    const base = apiAddress(url, api, (host) => `https://${host}/api/v1`);
    const path = repositoryPath(url).split('/').map(encodeURIComponent).join('/');
    const body = { state, description, context, ...(link === null ? {} : { target_url: link }) };
    const headers = { authorization: `token ${token.reveal()}` };
    await sendStatus(`${base}/repos/${path}/statuses/${commit}`, headers, body, token);
  },
};
