import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@kova/core/secret';

/** HMAC-SHA256. */
export function sign(key: string | Buffer, ...parts: (string | Buffer)[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Whether `told` is the signature of the body, in hex. In constant time. */
export function isHexSignature(told: string | null, secret: Secret, body: Buffer): boolean {
  const wanted = sign(secret.reveal(), body);
  const isHex = told !== null && /^[0-9a-f]{64}$/i.test(told);
  return timingSafeEqual(wanted, isHex ? Buffer.from(told, 'hex') : Buffer.alloc(wanted.length)) && isHex;
}
