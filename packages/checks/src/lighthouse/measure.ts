import { KovaError } from '@kova/core/errors/kova-error';
import lighthouse, { desktopConfig } from 'lighthouse';
import { type Browser, launchChromium } from '../browser/launch.ts';

/** What Lighthouse reports of one run, whole. */
export type LighthouseResult = NonNullable<Awaited<ReturnType<typeof lighthouse>>>['lhr'];

export interface Measurement {
  chromium: string;
  env: NodeJS.ProcessEnv;
  url: string;
  headers: Readonly<Record<string, string>>;
  device: 'mobile' | 'desktop';
  deadlineMs: number;
}

/**
 * One run of Lighthouse in a Chromium of its own.
 * @throws KovaError CHECK_FAILED when Chromium or the page does not get there, or not in time
 */
export async function measure(measurement: Measurement): Promise<LighthouseResult> {
  const { chromium, env, url, deadlineMs } = measurement;
  const browser = await launchChromium(chromium, env);
  try {
    const result = await inTime(run(browser, measurement), deadlineMs, url);
    if (result.runtimeError)
      throw new KovaError('CHECK_FAILED', `Lighthouse could not load ${url}: ${result.runtimeError.message}`);
    return result;
  } finally {
    await browser.close();
  }
}

async function run({ port }: Browser, { url, headers, device }: Measurement): Promise<LighthouseResult> {
  const flags = { port, output: 'json' as const, logLevel: 'error' as const, extraHeaders: { ...headers } };
  const result = await lighthouse(url, flags, device === 'desktop' ? desktopConfig : undefined);
  if (!result) throw new KovaError('CHECK_FAILED', `Lighthouse has no result for ${url}`);
  // A report is kept for ever; headers may hold a token.
  return { ...result.lhr, configSettings: { ...result.lhr.configSettings, extraHeaders: null } };
}

/** When time is up the browser is ended, which ends the run; what that one then says is of no interest. */
async function inTime<T>(work: Promise<T>, deadlineMs: number, url: string): Promise<T> {
  work.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new KovaError('CHECK_FAILED', `Lighthouse did not finish with ${url} within ${deadlineMs / 1000} s`);
    timer = setTimeout(() => {
      // Commands that Lighthouse had sent to the browser and does not wait for fail when it ends.
      process.on('unhandledRejection', () => undefined);
      reject(error);
    }, deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
