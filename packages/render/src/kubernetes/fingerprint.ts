const prime = 0x100_0000_01b3n;
const offsetBasis = 0xcbf2_9ce4_8422_2325n;

/** Ten hexadecimal digits that change with the text: 64-bit FNV-1a (RFC 9923), cut; not against an adversary. */
export function fingerprint(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const hash = bytes.reduce((sum, byte) => BigInt.asUintN(64, (sum ^ BigInt(byte)) * prime), offsetBasis);
  return hash.toString(16).padStart(16, '0').slice(0, 10);
}
