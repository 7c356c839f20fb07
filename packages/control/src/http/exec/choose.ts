import { slotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Context } from '../../context.ts';
import type { Instance } from '../../ports/runtime.ts';
import { readEnvironment, type SlotRecord } from '../../store/environments.ts';
import type { Target } from '../act.ts';
import type { ExecStart } from './messages.ts';

type Choice = Pick<ExecStart, 'instance' | 'slot' | 'release'>;

/** The instance that a command shall run in. @throws KovaError NOT_FOUND, CONFLICT when none is ready */
export async function chooseInstance(
  ctx: Pick<Context, 'db' | 'runtime'>,
  { project, environment }: Target,
  choice: Choice,
): Promise<Instance> {
  const { colour } = await chooseSlot(ctx, { project, environment }, choice);
  const instances = await ctx.runtime.instances(slotId(project, environment, colour));
  if (choice.instance !== null) {
    const named = instances[choice.instance];
    if (named) return named;
    throw new KovaError('NOT_FOUND', `${colour} of ${environment} has no instance ${choice.instance}`, {
      next: `It has ${instances.length}, from 0 on; \`kova status\` lists them.`,
    });
  }
  const ready = instances.find(({ state }) => state === 'ready');
  if (ready) return ready;
  const states = instances.map(({ id, state }) => `${id.split('/').slice(-2).join('/')} is ${state}`);
  throw new KovaError('CONFLICT', `no instance of ${environment} is ready: ${states.join(', ') || 'there is none'}`, {
    next: 'Name one with --instance to run in it all the same; `kova logs` says what is wrong with them.',
  });
}

async function chooseSlot(ctx: Pick<Context, 'db'>, { project, environment }: Target, choice: Choice) {
  const { live, slots } = await readEnvironment(ctx.db, project, environment);
  const fits = ({ colour, release }: SlotRecord) =>
    choice.slot !== null ? colour === choice.slot : choice.release !== null && release === choice.release;
  const byDefault = choice.slot === null && choice.release === null;
  const chosen = byDefault ? live : slots.find(fits);
  if (chosen) return chosen;
  const running = slots.map(({ colour, release }) => `${release} in ${colour}`).join(', ') || 'nothing';
  const what = byDefault ? 'nothing is live' : `${choice.slot ?? choice.release} does not run`;
  const next = slots.length > 0 ? 'Name one of these with --slot or --release.' : 'Ship a commit first.';
  throw new KovaError('NOT_FOUND', `${what} in ${environment}: there is ${running}`, { next });
}
