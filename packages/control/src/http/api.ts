/** The API as its clients see it: types only, so that importing it costs nothing. */
export type { ErrorReport } from '@kova/core/errors/kova-error';
export type {
  CommitView,
  DeploymentView,
  EnvironmentView,
  JobView,
  ReleaseView,
  RunView,
  ScorecardView,
  ShipView,
  StatusView,
  StreamEvent,
  WorkerView,
} from './views.ts';
