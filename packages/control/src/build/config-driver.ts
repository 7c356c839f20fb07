// Runs in a process of its own, without rights: `node config-driver.ts <URL of kova.config.ts>`.
// Writes the configuration as JSON to file descriptor 3. Stands alone, beside a copy of define.ts named kova.ts.
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const kova = new URL('./kova.ts', import.meta.url).href;
const config = process.argv[2] ?? '';
const repository = new URL('.', config).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'kova') return { url: kova, format: 'module-typescript', shortCircuit: true };
    const resolved = next(specifier, context);
    const isOurs = resolved.url.startsWith(repository) && /\.m?ts$/.test(resolved.url);
    return isOurs ? { ...resolved, format: 'module-typescript' } : resolved;
  },
});

const { default: exported } = await import(config);
const value = await exported;
if (value === undefined) throw new Error('kova.config.ts has no default export');
writeFileSync(3, JSON.stringify(value) ?? 'null');
