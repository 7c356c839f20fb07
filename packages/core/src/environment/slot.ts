/** The two places of an environment in which a release can run. */
export type Colour = 'blue' | 'green';

/** `project/environment/blue`: the one spelling of a slot in routes, counters, logs and the store. */
export type SlotId = `${string}/${string}/${Colour}`;

export function slotId(project: string, environment: string, colour: Colour): SlotId {
  return `${project}/${environment}/${colour}`;
}

/** The project and environment that the id of a slot, or of a route, begins with. */
export function environmentOf(id: string): { project: string; environment: string } {
  const [project = '', environment = ''] = id.split('/');
  return { project, environment };
}

export function otherColour(colour: Colour): Colour {
  return colour === 'blue' ? 'green' : 'blue';
}

export function colourOf(slot: SlotId): Colour {
  return slot.endsWith('/blue') ? 'blue' : 'green';
}
