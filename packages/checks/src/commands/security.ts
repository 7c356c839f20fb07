import { type Definition, documented } from './definition.ts';
export const securityCommand: Definition = (program, place) => {
  documented(program.command('security'), 'x', 'y').action(() => place.say('x'));
};
