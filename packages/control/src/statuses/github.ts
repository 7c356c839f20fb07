import type { CommitStatuses } from '../ports/commit-statuses.ts';
import { repositoryPath } from '../repository/address.ts';
import { apiAddress } from './api-address.ts';
import { sendStatus } from './send.ts';

/** https://docs.github.com/en/rest/commits/statuses; a server of one's own has its API under /api/v3. */
export const githubStatuses: CommitStatuses = {
  async tell({ url, api, token, commit }, { context, state, description }, link) {
    const base = apiAddress(url, api, (host) =>
      host === 'github.com' ? 'https://api.github.com' : `https://${host}/api/v3`,
    );
    const path = repositoryPath(url).split('/').map(encodeURIComponent).join('/');
    const headers = {
      ...{ accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
      authorization: `Bearer ${token.reveal()}`,
    };
    const body = { state, description, context, ...(link === null ? {} : { target_url: link }) };
    await sendStatus(`${base}/repos/${path}/statuses/${commit}`, headers, body, token);
  },
};
