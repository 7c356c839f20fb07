import { z } from 'zod';
import { applyStates, driftSubjects } from '../store/schema.ts';
import { errorView } from './error-view.ts';

const moment = z.iso.datetime();

const changeView = z
  .object({
    path: z.string().describe('the key, below the environment or from the top of the configuration'),
    kind: z.enum(['add', 'change', 'remove']),
    before: z.string().nullable().describe('for people; values that may be secret are not shown'),
    after: z.string().nullable(),
    way: z.enum(['direct', 'deployment', 'release']).describe('how the change comes to where the app runs'),
    effect: z.string().describe('what it does to those who use the app'),
  })
  .meta({ id: 'PlannedChange' });

const deed = z.enum(['none', 'create', 'direct', 'deployment', 'keep', 'blocked']);

export const findingView = z
  .object({
    subject: z.enum(driftSubjects),
    found: z.string(),
    mend: z.string().describe('how it is mended, or was'),
  })
  .meta({ id: 'Finding' });

export const planView = z
  .object({
    project: z.string(),
    commit: z.string(),
    digest: z.string().describe('apply with it, and nothing else than this plan is carried out'),
    pending: z.boolean().describe('whether there is anything to apply, or that stands in the way of it'),
    environments: z.array(
      z.object({
        name: z.string(),
        deed,
        reason: z.string(),
        changes: z.array(changeView),
        later: z.array(changeView).describe('what comes with the next release only'),
        release: z.string().nullable().describe('what is live'),
        configCommit: z.string().nullable().describe('the commit whose configuration is in force'),
        atWork: z.string().nullable().describe('a deployment on its way; nothing is applied meanwhile'),
        drift: z.array(findingView),
      }),
    ),
  })
  .meta({ id: 'Plan' });

export const applyView = z
  .object({
    id: z.string(),
    project: z.string(),
    commit: z.string(),
    digest: z.string(),
    requestedBy: z.string(),
    state: z.enum(applyStates),
    outcomes: z
      .array(
        z.object({
          environment: z.string(),
          deed,
          changes: z.array(changeView),
          deployment: z.string().nullable().describe('by which it was done; null for what needed none'),
        }),
      )
      .describe('what was done so far, in its order'),
    error: errorView.nullable(),
    createdAt: moment,
    endedAt: moment.nullable(),
  })
  .meta({ id: 'Apply' });

export type PlanView = z.infer<typeof planView>;
export type ApplyView = z.infer<typeof applyView>;
