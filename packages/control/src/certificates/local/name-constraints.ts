import { privateDomains } from '@kova/core/config/tls';
import { Extension } from '@peculiar/x509';

const oid = '2.5.29.30';
const sequence = 0x30;
const permitted = 0xa0;
const dnsName = 0x82;
const ipAddress = 0x87;

/** Address and mask: loopback alone. */
const loopback = [
  [127, 0, 0, 0, 255, 0, 0, 0],
  [...Array(15).fill(0), 1, ...Array(16).fill(255)],
];

/**
 * Names that nobody owns are all that may be vouched for: who steals the key can pose as no site of others (RFC 5280,
 * 4.2.1.10).
 */
export function privateNamesOnly(): Extension {
  const bases = [
    ...privateDomains.map((domain) => der(dnsName, Buffer.from(domain))),
    ...loopback.map((bytes) => der(ipAddress, Buffer.from(bytes))),
  ];
  const subtrees = bases.map((base) => der(sequence, base));
  return new Extension(oid, true, new Uint8Array(der(sequence, der(permitted, Buffer.concat(subtrees)))));
}

/** Tag, length, value (X.690); for values of less than 64 KiB. */
function der(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), value]);
}
