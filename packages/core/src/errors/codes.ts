/**
 * Every error that Kova reports, by its stable code. A code is never reused for something else.
 * `status` is the HTTP status the API answers with; `next` says what the reader can do about it
 * when the place that throws has nothing more exact to say.
 */
export const errorCodes = {
  CONFIG_INVALID: { status: 422, next: 'Correct the named key in kova.config.ts; see docs/reference/config.md.' },
  CONFIG_MISSING: { status: 422, next: 'Run `kova init` in the repository and commit kova.config.ts.' },
  CONFIG_EVALUATION_FAILED: { status: 422, next: 'Run `node kova.config.ts` in the repository to see the error.' },
  RENDER_DRIFTED: { status: 409, next: 'Render the named file again, as its first lines say, and commit it.' },
  HOME_UNREACHABLE: {
    status: 500,
    next: 'Set KOVA_HOME to a directory that unprivileged users may enter, such as /var/lib/kova.',
  },
  ALREADY_RUNNING: { status: 409, next: 'Nothing to do; see `kova status`.' },
  NOT_RUNNING: { status: 503, next: 'Start it with `kova up`.' },
  STILL_RUNNING: { status: 504, next: 'Run `kova down` again.' },
  UNAUTHORIZED: { status: 401, next: 'Send the token of KOVA_HOME/keys/api-token as `Authorization: Bearer …`.' },
  INPUT_INVALID: { status: 422, next: 'Correct the named field and send the request again.' },
  NOT_FOUND: { status: 404, next: 'Check the name; `kova status` lists what there is.' },
  CONFLICT: { status: 409, next: 'Look at `kova status` and try again.' },
  INTERNAL: { status: 500, next: 'This is a fault in Kova; report it with the log of the control plane.' },

  STORE_UNAVAILABLE: { status: 503, next: 'Kova goes on by itself when Postgres answers again; see `kova doctor`.' },
  SCHEMA_NEWER: {
    status: 500,
    next: 'This database was written by a newer Kova; install that version or a newer one.',
  },
  POSTGRES_FAILED: { status: 500, next: 'Read the named Postgres log; `kova doctor` checks what it needs.' },

  REPOSITORY_DIRTY: {
    status: 422,
    next: 'Commit or stash the changes, or pass --allow-dirty to ship HEAD without them.',
  },
  REPOSITORY_SHALLOW: { status: 422, next: 'Run `git fetch --unshallow`, then ship again.' },
  COMMIT_NOT_FOUND: { status: 404, next: 'Check the commit with `git log`; push or fetch it first.' },
  REMOTE_UNREACHABLE: {
    status: 502,
    next: 'See that the address is right and that this machine and the token may read the repository.',
  },
  BUNDLE_INVALID: { status: 422, next: 'Ship again; if it persists run `git fsck` in the repository.' },
  BUILD_FAILED: { status: 422, next: 'Read the last lines above, mend the build and ship a new commit.' },
  BUILD_TIMEOUT: { status: 422, next: 'Find what hangs, or raise app.buildTimeout in kova.config.ts.' },
  JOB_FAILED: { status: 422, next: 'Read the last lines of the job above, mend what it found and ship a new commit.' },
  JOB_TIMEOUT: { status: 422, next: 'Find what hangs, or raise the timeout of the job in kova.config.ts.' },
  SECRET_MISSING: { status: 422, next: 'Set the named secret with `kova secrets set`, then run it again.' },
  SECRET_UNREADABLE: {
    status: 500,
    next: 'Bring back KOVA_HOME/keys/seal-key as it was when the secret was set, or set the secret again.',
  },
  PIPELINE_FAILED: {
    status: 422,
    next: 'Mend what the named job found and ship a new commit; nothing live was changed.',
  },
  ARTEFACT_CORRUPT: { status: 500, next: 'Ship the commit again to rebuild it; nothing live was changed.' },
  ARTEFACT_MISSING: { status: 404, next: 'Ship the commit again to rebuild it; nothing live was changed.' },
  ARTEFACTS_UNAVAILABLE: {
    status: 503,
    next: 'See that the named directory is there and that Kova may write in it; nothing live was changed.',
  },
  ARTEFACT_UNSAFE: { status: 422, next: 'Remove the named path or link from the build output.' },

  REPORT_MALFORMED: {
    status: 422,
    next: 'See that the tool which writes the named report ran to its end and writes that format, then run the job again.',
  },

  MIGRATION_FAILED: { status: 422, next: 'Mend the migration and ship a new commit; no traffic was moved.' },
  START_FAILED: { status: 422, next: 'Read the last lines of the instance above; no traffic was moved.' },
  START_TIMEOUT: {
    status: 422,
    next: 'See that the app listens on $PORT and its health path answers, or raise app.health.deadline.',
  },
  CRASH_LOOP: { status: 422, next: 'Read the last lines of the instance with `kova logs`.' },
  HEALTH_FAILED: { status: 422, next: 'Open the health path of the named instance; no traffic was moved.' },
  ENVIRONMENT_CHECK_FAILED: {
    status: 422,
    next: 'See `kova pipeline show` of the named run, mend what it found and ship a new commit; no traffic was moved.',
  },
  APPROVAL_TIMEOUT: { status: 409, next: 'Deploy again and approve in time, or raise approvalTimeout.' },
  ANALYSIS_BREACH: { status: 422, next: 'Traffic is back on the earlier release; see `kova status` and the logs.' },
  CANCELLED: { status: 409, next: 'Deploy again when ready.' },
  SUPERSEDED: { status: 409, next: 'Nothing to do: the newer commit of the branch is on its way.' },
  STEP_TIMEOUT: {
    status: 504,
    next: 'The step named above did not finish in time; see `kova doctor`, then deploy again.',
  },

  PROGRAM_MISSING: { status: 422, next: 'Name a program that is there for the instance, or give its path.' },
  EXEC_IMPOSSIBLE: {
    status: 422,
    next: 'Read what is in the way above; `kova logs` and `kova status` need no command.',
  },
  EXEC_ENDED: { status: 409, next: 'Run it again; `kova status` shows which instances are ready.' },

  PLAN_STALE: { status: 409, next: 'Look at what has changed with `kova plan`, then apply that.' },
  PLAN_BLOCKED: {
    status: 422,
    next: 'Ship a commit that has both: what is named above goes with another release than the one that runs.',
  },
  COMMIT_HELD: { status: 409, next: 'Ship a fix, or pass --force to deploy the held commit all the same.' },
  NO_ROLLBACK_TARGET: { status: 409, next: 'Fix forward: ship a new commit.' },
  NOT_PROMOTABLE: { status: 409, next: 'Let the release settle in the environment before, or pass --force.' },
  PHASE_CONFLICT: { status: 409, next: 'The deployment has moved on; look at `kova status`.' },

  ENGINE_UNAVAILABLE: {
    status: 503,
    next: 'Start the Docker engine, or point DOCKER_HOST at its socket; `kova doctor` says whether it answers.',
  },
  ENGINE_FAILED: { status: 502, next: "Read the engine's own words above; its log says more." },
  SERVICE_FAILED: {
    status: 503,
    next: 'Read the last lines of the service above; `docker logs` of the named container has more. No traffic was moved.',
  },
  IMAGE_UNUSABLE: {
    status: 422,
    next: 'Name an image that is there, is made for this machine and need not run as root.',
  },
  REGISTRY_UNAVAILABLE: {
    status: 502,
    next: 'See that the registry runs and that the engine reaches it, then run the pipeline again.',
  },
  REGISTRY_REFUSED: {
    status: 422,
    next: 'See that image.registry is right and that image.credentials may push there.',
  },
  SWARM_UNUSABLE: {
    status: 503,
    next: 'Run `docker swarm init` on this machine, or `docker swarm join` with the token of a manager.',
  },

  CLUSTER_UNAVAILABLE: {
    status: 503,
    next: 'See with `kubectl get --raw /readyz` whether the API server answers with the same kubeconfig.',
  },
  CLUSTER_FAILED: {
    status: 502,
    next: "Read the API server's own words above; `kubectl auth can-i --list` shows what Kova may do there.",
  },

  EDGE_UNAVAILABLE: { status: 503, next: 'Run `kova up`; it starts the edge with the routes it had.' },
  EDGE_STALE_ROUTE: { status: 409, next: 'A newer route is in place; nothing was changed.' },
  CERTIFICATE_INVALID: {
    status: 422,
    next: 'Mend what is named; the certificate that was there before is still served.',
  },
  CERTIFICATE_REFUSED: {
    status: 502,
    next: 'Mend what the authority names; it is asked again by itself, or at once by `kova certificate renew`.',
  },
  PORT_IN_USE: { status: 409, next: 'Stop what listens there, or set another port.' },
  DISK_FULL: { status: 507, next: 'Free some space; `du -sh "$KOVA_HOME"/*` shows what uses it.' },
  PREREQUISITE_MISSING: { status: 422, next: 'Install or correct what is named, then run the command again.' },
  COMMAND_FAILED: { status: 500, next: 'Read the output of the command above.' },

  CHECK_IMPOSSIBLE: { status: 422, next: 'Install what is named above; until then this was not checked.' },
  CHECK_FAILED: { status: 422, next: 'Correct what is named above and run the check again.' },
  TARGET_REFUSED: {
    status: 403,
    next: 'Point BASE_URL at this machine, or name the host of your own environment in KOVA_TARGET_HOSTS.',
  },
} as const satisfies Record<string, { status: number; next: string }>;

export type ErrorCode = keyof typeof errorCodes;
