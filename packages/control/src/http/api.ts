/** The API as its clients see it: types only, so that importing it costs nothing. */
export type { ErrorReport } from '@kova/core/errors/kova-error';
export type { ExecutionView } from './exec/list.ts';
export type { ExecSaid, ExecStart, ExecTold } from './exec/messages.ts';
export type { ApplyView, PlanView } from './plan-views.ts';
export type { RepositoryView } from './repository-view.ts';
export type {
  AuthorityView,
  CertificateView,
  CommitView,
  DeploymentView,
  EdgeView,
  EnvironmentView,
  JobView,
  LogMatchView,
  ReleaseView,
  RunView,
  ScorecardView,
  SecretView,
  ShipView,
  StatusView,
  StreamEvent,
  WorkerView,
} from './views.ts';
