import { expect, test } from 'vitest';
import { nameInConfig } from './name.ts';

test.each([
  ["export default defineConfig({ name: 'shop' })", 'shop'],
  ['import { defineConfig } from "kova";\nexport default defineConfig({\n  "name" : "shop",\n})', 'shop'],
  ['export default { name: `shop` }', 'shop'],
  ["export default defineConfig({ app: node({ name: 'inner' }), name: 'shop' })", 'shop'],
  ["export default defineConfig({ // name: 'old'\n /* name: 'older' */ name: 'shop' })", 'shop'],
  ["export default defineConfig({ env: { A: \"}, name: 'no'\" }, name: 'shop' })", 'shop'],
  ["const other = { name: 'other' };\nexport default defineConfig({ name: 'shop' })", 'shop'],
  ["export default defineConfig({ hostname: 'x', app: { url: 'http://a' }, name: 'shop' })", 'shop'],
  ['export default defineConfig({ name: process.env.NAME })', null],
  ['export default defineConfig({ app })', null],
  ['', null],
])('%j', (source, name) => expect(nameInConfig(source)).toBe(name));
