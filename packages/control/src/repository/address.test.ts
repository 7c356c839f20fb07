import { expect, test } from 'vitest';
import { readAddress, repositoryPath } from './address.ts';

test.each([
  ['https://github.com/ada/shop.git', 'https://github.com/ada/shop.git'],
  ['git@github.com:ada/shop.git', 'ssh://git@github.com/ada/shop.git'],
  ['ssh://git@git.example.org:2222/ada/shop', 'ssh://git@git.example.org:2222/ada/shop'],
  ['file:///srv/git/shop.git', 'file:///srv/git/shop.git'],
  ['http://127.0.0.1:3000/ada/shop', 'http://127.0.0.1:3000/ada/shop'],
])('%s is taken', (text, url) => expect(readAddress(text)).toEqual({ url }));

test.each([
  ...['', 'shop', '/srv/git/shop', '-oProxyCommand=x', '--upload-pack=x', 'ext::sh -c touch% /tmp/x', 'fd::1'],
  ...[
    'git://host/shop',
    'ftp://host/shop',
    'http://host/shop',
    'https://ada:secret@host/shop',
    'https://ada@host/shop',
  ],
  ...[
    'ssh://-oProxyCommand=x/shop',
    '-oProxyCommand=x:shop',
    'ssh://git:pw@host/shop',
    'https://host/a?b',
    'https://host/a#b',
  ],
  ...['file://host/srv', 'https://host/a%0ab', 'javascript:alert(1)'],
])('%j is refused', (text) => expect(readAddress(text)).toHaveProperty('refused'));

test.each([
  ['https://github.com/ada/shop.git', 'ada/shop'],
  ['https://gitlab.com/group/sub/shop/', 'group/sub/shop'],
  ['ssh://git@github.com/ada/shop.git', 'ada/shop'],
])('%s is %s', (url, path) => expect(repositoryPath(url)).toBe(path));
