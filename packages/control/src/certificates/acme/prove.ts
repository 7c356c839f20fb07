import acme, { type Authorization, type Order } from 'acme-client';
import type { Edge } from '../../ports/edge.ts';

type ChallengeType = 'http-01' | 'tls-alpn-01';

/** Has the edge answer what the authority asks, host by host, until it is convinced. */
export async function proveHosts(edge: Edge, client: acme.Client, order: Order, type: ChallengeType): Promise<void> {
  for (const authorization of await client.getAuthorizations(order)) {
    if (authorization.status !== 'valid') await prove(edge, client, authorization, type);
  }
}

async function prove(
  edge: Edge,
  client: acme.Client,
  authorization: Authorization,
  type: ChallengeType,
): Promise<void> {
  const host = authorization.identifier.value;
  const challenge = authorization.challenges.find((each) => each.type === type);
  if (!challenge) throw new Error(`it does not offer ${type} for ${host}`);
  const proof = await client.getChallengeKeyAuthorization(challenge);
  const takeBack = await answer(edge, authorization, type, challenge.token, proof);
  try {
    await client.completeChallenge(challenge);
    await client.waitForValidStatus(challenge);
  } catch (error) {
    throw new Error(`${host} is not proved by ${type}: ${(error as Error).message}`, { cause: error });
  } finally {
    await takeBack();
  }
}

/** Returns what takes the answer back. */
async function answer(
  edge: Edge,
  authorization: Authorization,
  type: ChallengeType,
  token: string,
  proof: string,
): Promise<() => Promise<void>> {
  if (type === 'http-01') {
    await edge.putHttpChallenge(token, proof);
    return () => edge.removeHttpChallenge(token);
  }
  const host = authorization.identifier.value;
  const [key, chain] = await acme.crypto.createAlpnCertificate(
    authorization,
    proof,
    await acme.crypto.createPrivateEcdsaKey(),
  );
  await edge.putAlpnChallenge(host, { chain: chain.toString(), key: key.toString() });
  return () => edge.removeAlpnChallenge(host);
}
