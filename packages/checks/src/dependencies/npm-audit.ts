import { KovaError } from '@kova/core/errors/kova-error';
import { z } from 'zod';
import { cannotCheck, type Place } from '../check.ts';
import { runTool } from '../run.ts';
import type { AuditReport } from './audit-report.ts';

const timeoutMs = 120_000;
const osv = 'set KOVA_OSV_DATABASE to a directory of OSV records to audit without it';

const refusal = z.object({
  error: z.object({ code: z.string().nullish(), summary: z.string().nullish() }),
  message: z.string().nullish(),
  statusCode: z.number().nullish(),
});
const whole = z.looseObject({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), z.looseObject({})),
  metadata: z.looseObject({}),
});

/**
 * Asks the registry through npm, which exits 1 for "vulnerable", "the registry refused" and "no network" alike.
 * @throws KovaError CHECK_IMPOSSIBLE when the registry refuses or is not reached, CHECK_FAILED on anything else
 */
export async function npmAudit({ cwd, env }: Place, omitDev: boolean): Promise<AuditReport> {
  const argv = ['npm', 'audit', '--json', ...(omitDev ? ['--omit=dev'] : [])];
  // A job's npm is told not to audit while it installs; here it is asked to.
  const { exitCode, stdout, stderr } = await runTool(argv, {
    cwd,
    env: { ...env, npm_config_audit: 'true' },
    timeoutMs,
  });
  const answer = parse(stdout);
  if (whole.safeParse(answer).success) return answer as AuditReport;
  const refused = refusal.safeParse(answer);
  if (refused.success) throw whyNot(refused.data, stderr);
  throw new KovaError('CHECK_FAILED', `npm audit ended with ${exitCode} and no report: ${stderr.slice(-500).trim()}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function whyNot({ statusCode, message, error }: z.output<typeof refusal>, stderr: string): KovaError {
  if (statusCode) return cannotCheck(`the registry refuses audits (${statusCode})`, osv);
  const told = message || error.summary || stderr;
  const network = /\b(?:E[A-Z_]{4,}|network timeout|socket hang up)\b/.exec(message ?? '')?.[0];
  if (network) return cannotCheck(`the registry cannot be reached (${network})`, `check the network, or ${osv}`);
  return new KovaError('CHECK_FAILED', `npm audit could not audit: ${told.slice(0, 500).trim()}`);
}
