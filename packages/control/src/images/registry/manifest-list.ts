import { createHash } from 'node:crypto';

/** A manifest of one platform that is at a registry. */
export interface PushedManifest {
  os: string;
  architecture: string;
  digest: string;
  /** Bytes of the manifest itself. */
  size: number;
}

/** What is written to a registry, byte by byte, and its digest. */
export interface Manifest {
  mediaType: string;
  text: string;
  digest: string;
}

/** As engines push it. */
const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
const listType = 'application/vnd.docker.distribution.manifest.list.v2+json';

/**
 * One name for an image of several platforms ("Image Manifest Version 2, Schema 2", manifest list). The same manifests
 * give the same digest.
 */
export function manifestList(pushed: readonly PushedManifest[]): Manifest {
  const manifests = pushed.map(({ os, architecture, digest, size }) => ({
    ...{ mediaType: manifestType, size, digest },
    platform: { architecture, os },
  }));
  const text = JSON.stringify({ schemaVersion: 2, mediaType: listType, manifests });
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return { mediaType: listType, text, digest };
}
