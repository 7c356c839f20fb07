import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '@kova/core/secret';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { build } from './testing/build.ts';
import { app, openWorld, type World } from './testing/world.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
const isRoot = process.getuid?.() === 0;
const sentinel = 'sentinel-4711';

beforeAll(async () => {
  process.env.KOVA_SENTINEL = sentinel;
  process.env.DATABASE_URL = `postgres://app:${sentinel}@127.0.0.1/app`;
  world = await openWorld({ configTimeoutMs: 3000, registryEnv: { NPM_TOKEN: new Secret('npm-token-0815') } });
});
afterAll(() => world.remove());

const buildsLeft = async () => (await readdir(join(world.home.builds, 'shop'))).length;

test('a commit becomes a release: its configuration, its artefact, what it says of itself', async () => {
  const commit = await world.ship(app('fs.writeFileSync("dist/cwd", fs.readdirSync(".").join())'));
  const lines: string[] = [];
  const built = await build(world.jobs, commit, { onLine: (line) => lines.push(line) });
  expect(built.commit).toMatchObject({ sha: commit, author: 'Ada' });
  expect(built.config).toMatchObject({ name: 'shop', app: { start: ['node', 'server.js'], buildTimeout: 600_000 } });
  expect(lines).toEqual(expect.arrayContaining(['$ npm ci', '$ npm run build', '> node build.cjs']));
  const target = join(world.base, 'unpacked');
  await world.artefacts.unpack(built.artefact.digest, target);
  expect((await readdir(target)).sort()).toEqual(['cwd', 'server.js']);
  expect(await readFile(join(target, 'cwd'), 'utf8')).not.toContain('.git');
  expect(await buildsLeft()).toBe(0);
  const [run] = await readdir(join(world.home.logs, 'jobs'));
  const logs = ['install', 'build'].map((name) => join(world.home.logs, 'jobs', run!, `${name}.log`));
  const kept = await Promise.all(logs.map((log) => readFile(log, 'utf8')));
  expect(kept.join('').split('\n').slice(0, -1)).toEqual(lines);
  expect((await stat(logs[0]!)).mode & 0o777).toBe(0o600);
});

test('building it again gives the same artefact when the build is deterministic', async () => {
  const commit = await world.ship(app('// twice'));
  const first = await build(world.jobs, commit);
  expect((await build(world.jobs, commit)).artefact).toEqual(first.artefact);
});

// Scenario 40: https://github.com/coollabsio/coolify/issues/7019
test("nothing of Kova's environment reaches the configuration or the build, and no token its output", async () => {
  const files = app(
    'console.log(process.env.NPM_TOKEN); fs.writeFileSync("dist/env.json", JSON.stringify(process.env))',
  );
  const lines: string[] = [];
  const { artefact } = await build(world.jobs, await world.ship(files), { onLine: (line) => lines.push(line) });
  await world.artefacts.unpack(artefact.digest, join(world.base, 'env'));
  const env = await readFile(join(world.base, 'env', 'env.json'), 'utf8');
  expect(env).toContain('KOVA_COMMIT');
  expect(lines.join('\n') + env).not.toContain(sentinel);
  const told = 'throw new Error(JSON.stringify(process.env))';
  const refused = await build(world.jobs, await world.ship({ ...files, 'kova.config.ts': told })).catch(
    (error: Error) => error.message,
  );
  expect(refused).toContain('KOVA_COMMIT');
  expect(refused).not.toContain(sentinel);
  expect(refused).not.toContain('NPM_TOKEN');
  expect(lines).toContain('[secret]');
  expect(lines.join('\n')).not.toContain('npm-token-0815');
  expect(JSON.parse(env)).toMatchObject({ CI: 'true', NPM_TOKEN: 'npm-token-0815' });
  expect(JSON.parse(env).NODE_ENV).toBeUndefined();
});

test('a build runs on the Node of Kova, without its rights, and gives way to everything else', async () => {
  const report =
    'console.log("report", process.version, process.getuid(), process.getgroups().join(), require("os").getPriority(), fs.readFileSync("/proc/self/oom_score_adj", "utf8").trim());' +
    `try { fs.readdirSync(${JSON.stringify(world.home.keys)}); console.log("read the keys") } catch (e) { console.log("keys", e.code) }`;
  const lines: string[] = [];
  await build(world.jobs, await world.ship(app(report)), { onLine: (line) => lines.push(line) });
  const [, version, uid, groups, nice, oom] = lines.find((line) => line.startsWith('report'))!.split(' ');
  expect([version, nice, oom]).toEqual([process.version, '10', '900']);
  if (isRoot) {
    expect(uid).toBe('65534');
    expect(groups).not.toContain('0,');
    expect(lines).toContain('keys EACCES');
  }
});

test('links inside the checkout stay links; a link that leads out is refused', async () => {
  const inside = await world.ship({ ...app('fs.symlinkSync("server.js", "dist/start.js")') });
  const { artefact } = await build(world.jobs, inside);
  await world.artefacts.unpack(artefact.digest, join(world.base, 'links'));
  expect(await readFile(join(world.base, 'links/start.js'), 'utf8')).toBe('1');
  const outside = await world.ship(app('fs.symlinkSync("../../../../../keys", "dist/keys")'));
  await expect(build(world.jobs, outside)).rejects.toMatchObject({ code: 'ARTEFACT_UNSAFE' });
  const output = await world.ship(app('fs.rmSync("dist", { recursive: true }); fs.symlinkSync("/etc", "dist")'));
  await expect(build(world.jobs, output)).rejects.toMatchObject({ code: 'ARTEFACT_UNSAFE' });
});

test('what a build makes beside its sources is in the release, with what was installed', async () => {
  const files = app('fs.mkdirSync("lib"); fs.writeFileSync("lib/made", "1"); fs.symlinkSync("lib/made", "link")');
  files['kova.config.ts'] = files['kova.config.ts']!.replace("output: [{ from: 'dist' }],", '');
  files['package.json'] = JSON.stringify({ ...JSON.parse(files['package.json']!), dependencies: { dep: 'file:dep' } });
  files['dep/package.json'] = '{ "name": "dep", "version": "1.0.0" }';
  const whole = await world.ship({
    ...files,
    'kova.config.ts': files['kova.config.ts']!.replace('node({', "node({ install: 'npm install --install-links',"),
  });
  const { artefact } = await build(world.jobs, whole);
  await world.artefacts.unpack(artefact.digest, join(world.base, 'whole'));
  const names = await readdir(join(world.base, 'whole'));
  expect(names).toEqual(expect.arrayContaining(['build.cjs', 'dist', 'lib', 'link', 'node_modules', 'package.json']));
  expect(await readFile(join(world.base, 'whole/link'), 'utf8')).toBe('1');
  expect(await readdir(join(world.base, 'whole/node_modules'))).toContain('dep');
});

describe('the configuration', () => {
  const evaluate = async (config: string, more: Record<string, string> = {}) => {
    const commit = await world.ship({ ...app(''), ...more, 'kova.config.ts': config });
    return build(world.jobs, commit);
  };

  test('is missing', async () => {
    const files = app('');
    delete files['kova.config.ts'];
    const other = await openWorld();
    const commit = await other.ship(files);
    await expect(build(other.jobs, commit)).rejects.toMatchObject({ code: 'CONFIG_MISSING' });
    await other.remove();
  });

  test('may import files of the repository, in a package of either kind', async () => {
    const config = `import { defineConfig, node } from 'kova'\nimport { name } from './shop.ts'
export default defineConfig({ name, app: node({ install: null, start: 'node a.js', output: [{ from: 'a.js' }] }) })`;
    const packageJson = JSON.stringify({ name: 'shop', type: 'commonjs' });
    const files = { 'shop.ts': 'export const name: string = "from-a-file"', 'a.js': '', 'package.json': packageJson };
    expect((await evaluate(config, files)).config.name).toBe('from-a-file');
  });

  test.each([
    ['throws', 'const a: number = 1\nthrow new Error("no such luck")', /kova\.config\.ts:2[\s\S]*no such luck/],
    ['is not valid', 'export default {', /kova\.config\.ts/],
    ['imports what is not there', 'import x from "nowhere"\nexport default x', /nowhere/],
    ['exports nothing', 'export const a = 1', /no default export/],
    ['ends the process', 'process.exit(0)', /ended the process/],
    ['reads other files', 'import fs from "node:fs"\nfs.readFileSync("/etc/passwd")', /ERR_ACCESS_DENIED|restricted/],
    ['writes files', 'import fs from "node:fs"\nfs.writeFileSync("x", "")', /ERR_ACCESS_DENIED|restricted/],
    ['starts programs', 'import c from "node:child_process"\nc.execFileSync("id")', /ERR_ACCESS_DENIED|restricted/],
    ['never ends', 'setInterval(() => {}, 1000)\nexport default new Promise(() => {})', /did not end within 3 s/],
    ['spins', 'for (;;) {}', /did not end within 3 s/],
    ['is enormous', 'export default { name: "x".repeat(2e6) }', /larger than/],
    ['answers by itself', 'import fs from "node:fs"\nfs.writeSync(3, "x")\nexport default {}', /file descriptor 3/],
  ])('that %s could not be evaluated', async (_name, config, message) => {
    await expect(evaluate(config)).rejects.toMatchObject({
      code: 'CONFIG_EVALUATION_FAILED',
      message: expect.stringMatching(message),
    });
    expect(await buildsLeft()).toBe(0);
  });

  test('that breaks the schema is refused with the path', async () => {
    await expect(evaluate('export default { name: "shop", app: { start: "a | b" }, colour: 1 }')).rejects.toMatchObject(
      {
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/app\.start: .*needs a shell[\s\S]*colour: unknown key/),
      },
    );
  });
});

describe('a build that fails', () => {
  test('says so with its last lines', async () => {
    const commit = await world.ship(app('for (let i = 0; i < 30; i++) console.log("line", i); process.exit(7)'));
    await expect(build(world.jobs, commit)).rejects.toMatchObject({
      code: 'JOB_FAILED',
      message: expect.stringMatching(/`npm run build` ended with exit code 7:[\s\S]*line 29/),
    });
    expect(await buildsLeft()).toBe(0);
  });

  test('shows the first error, too, when a tool says more after it', async () => {
    const code =
      'console.log("Error: the cause"); for (let i = 0; i < 60; i++) console.log("usage", i); process.exit(1)';
    const failing = build(world.jobs, await world.ship(app(code, 'install: null')));
    await expect(failing).rejects.toMatchObject({
      message: expect.stringMatching(/Error: the cause\nusage 0[\s\S]*\n…\n[\s\S]*usage 59/),
    });
  });

  test('names the output that is missing', async () => {
    const commit = await world.ship(app('fs.rmSync("dist", { recursive: true })'));
    await expect(build(world.jobs, commit)).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: 'app.output names dist, which the build has not made',
    });
  });

  test('names the program that is missing', async () => {
    const commit = await world.ship(app('', 'install: "no-such-program"'));
    await expect(build(world.jobs, commit)).rejects.toMatchObject({
      code: 'JOB_FAILED',
      message: expect.stringContaining('no-such-program'),
    });
  });

  // Scenario 2: https://github.com/basecamp/kamal/issues/1587
  test('by hanging ends at its deadline and the message names the command', async () => {
    const commit = await world.ship(app('setInterval(() => {}, 1000)', 'install: null, buildTimeout: "1500ms"'));
    await expect(build(world.jobs, commit)).rejects.toMatchObject({
      code: 'JOB_TIMEOUT',
      message: '`npm run build` was not done within 1.5 s',
    });
    expect(await buildsLeft()).toBe(0);
  });

  test('because the commit is not here', async () => {
    await expect(build(world.jobs, '0'.repeat(40))).rejects.toMatchObject({ code: 'COMMIT_NOT_FOUND' });
    expect(await buildsLeft()).toBe(0);
  });
});
