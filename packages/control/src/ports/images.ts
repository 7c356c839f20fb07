import type { ProjectConfig } from '@kova/core/config/schema';
import type { Secret } from '@kova/core/secret';
import type { CommitInfo } from './builder.ts';
import type { JobRef } from './job-runner.ts';

export interface ImageRequest {
  config: ProjectConfig;
  commit: CommitInfo;
  /** Digest of the release's artefact, which becomes the app's directory. */
  artefact: string;
  signal: AbortSignal;
}

/** The same image for other platforms than the engine's. */
export interface OtherImages {
  /** Of no use at the engine: they go when the work ends. */
  others: Array<{ platform: string; id: string }>;
  /** Platforms that were asked for and which nothing could be made for, with why. */
  notBuilt: Array<{ platform: string; reason: string }>;
}

/** An image that is at the engine. */
export interface BuiltImage extends OtherImages {
  /** Digest of its configuration, `sha256:…`: the same for the same commit, artefact and base. */
  id: string;
  /** Unpacked, of all its layers. */
  bytes: number;
  /** Of those, what the base takes. */
  baseBytes: number;
  layers: number;
  /** `linux/amd64`. */
  platform: string;
}

/** Where images are pushed to, and as whom. */
export interface PushTarget {
  /** `registry.example.com/shop`. */
  name: string;
  /** Null for a registry that asks for none. */
  credentials: { username: string; password: Secret } | null;
  signal: AbortSignal;
}

export interface PushRequest extends PushTarget {
  image: BuiltImage;
  tags: readonly string[];
}

/** The work on the image of one job; what it says becomes the job's log. */
export interface ImageWork {
  /**
   * Builds the image of a release, on a base that is pulled when it is missing, for all platforms that are wanted and can
   * be built for. Idempotent.
   * @throws KovaError ENGINE_UNAVAILABLE, ENGINE_FAILED, DISK_FULL, IMAGE_UNUSABLE for a base of another platform
   */
  build(request: ImageRequest): Promise<BuiltImage>;
  /** Gives the image names at the engine. Idempotent; a name that another image had becomes this one's. */
  tag(image: BuiltImage, name: string, tags: readonly string[]): Promise<void>;
  /**
   * Pushes what was tagged, for all its platforms under one name. Returns how the registry calls it by its digest,
   * `registry.example.com/shop@sha256:…`. Idempotent.
   * @throws KovaError REGISTRY_UNAVAILABLE after some attempts, REGISTRY_REFUSED; as `build`
   */
  push(request: PushRequest): Promise<string>;
  say(line: string): Promise<void>;
  /** Ends the log, and removes from the engine what was built for other platforms. */
  close(): Promise<void>;
}

/** Images of releases, made by Kova itself: no job ever reaches the engine. */
export interface Images {
  /**
   * Makes sure that the engine has what a release runs in, by pulling what is missing: its own image, or the one that
   * stands for it when it has none. Idempotent.
   * @throws KovaError IMAGE_UNUSABLE for one that is not to be had, of another platform or of root; DISK_FULL;
   *   ENGINE_UNAVAILABLE; the signal's reason on abort
   */
  ensure(wish: { project: string; image: string | null; signal: AbortSignal }): Promise<void>;
  /** Begins the job's log anew; nothing in it shows one of the secrets. */
  begin(job: JobRef, secrets: readonly Secret[]): Promise<ImageWork>;
  /**
   * Removes images from the engine, with all their names there. Returns those that are gone: not one that a container is
   * made of. Idempotent. @throws KovaError ENGINE_UNAVAILABLE
   */
  remove(images: readonly string[]): Promise<string[]>;
}
