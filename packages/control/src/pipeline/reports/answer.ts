import type { ErrorReport } from '@kova/core/errors/kova-error';
import type { Evidence } from '@kova/core/pipeline/evidence/evidence';

/** What the process that reads reports says in the end. */
export type ReaderAnswer = { evidence: Evidence[]; error?: never } | { evidence?: never; error: ErrorReport };
