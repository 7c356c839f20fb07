/** What another part of Kova needs to put one slot into a cluster in the same form as the rendered files do. */
export { checkImage } from './image.ts';
export { environmentLabels, slotSelector } from './labels.ts';
export { appName as containerName, namespaceOf, slotName } from './names.ts';
export { leaveSeconds } from './objects/container.ts';
export { deploymentOf } from './objects/deployment.ts';
export { namespaceObject } from './objects/namespace.ts';
export { serviceOf } from './objects/service.ts';
export { serviceAccountOf } from './objects/service-account.ts';
export { resourcesOf } from './resources.ts';
export { instancePort, type Workload } from './workload.ts';
