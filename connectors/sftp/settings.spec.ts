import { expect, test } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { labelledFields, secretFields } from '../declared.ts';
import { FileOptions } from '../files/options.ts';
import { SftpSettings } from './settings.ts';

const faultsOf = <T extends object>(type: new () => T, plain: object): string[] =>
  validateSync(plainToInstance(type, plain, { exposeDefaultValues: true }), {
    whitelist: true,
    forbidNonWhitelisted: true,
  }).map(({ property }) => property);
const login = { host: 'sftp.example.com', username: 'acme', password: 'secret' };
const KEY = '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----';

test('what is left out has the usual values', () => {
  expect(plainToInstance(SftpSettings, login, { exposeDefaultValues: true })).toMatchObject({
    port: 22,
    directory: '.',
    tempName: 'suffix',
    verify: 'digest',
    keepaliveSeconds: 10,
  });
});

test.each<[object, string[]]>([
  [login, []],
  [{ ...login, password: undefined, privateKey: KEY }, []],
  [{ ...login, hostKeySha256: `SHA256:${'a'.repeat(43)}` }, []],
  [{ ...login, hostKeySha256: 'A1'.repeat(32) }, []],
  [{ ...login, hostKeySha256: Array(32).fill('a1').join(':') }, []],
  [{ ...login, host: '10.0.0.1' }, []],
  [{ ...login, host: 'fe80::1' }, []],
  [{ ...login, password: undefined }, ['password']],
  [{ ...login, privateKey: 'ssh-ed25519 AAAA' }, ['privateKey']],
  [{ ...login, host: 'sftp://x/y' }, ['host']],
  [{ ...login, host: '' }, ['host']],
  [{ ...login, port: 0 }, ['port']],
  [{ ...login, port: '22' }, ['port']],
  [{ ...login, username: ' ' }, ['username']],
  [{ ...login, hostKeySha256: 'aa:bb' }, ['hostKeySha256']],
  [{ ...login, tempName: 'directory' }, ['tempDirectory']],
  [{ ...login, tempName: 'directory', tempDirectory: 'staging' }, []],
  [{ ...login, tempName: 'elsewhere' }, ['tempName']],
  [{ ...login, nonsense: 1 }, ['nonsense']],
])('settings %j have faults at %j', (settings, faults) => {
  expect(faultsOf(SftpSettings, settings)).toEqual(faults);
});

test.each<[object, string[]]>([
  [{}, []],
  [{ preset: 'mail-house', compression: 'gzip', splitRows: 1000, done: true }, []],
  [{ columns: [{ source: 'EMAIL', header: 'e-mail', hash: 'md5', nth: 2 }] }, []],
  [{ columns: [] }, ['columns']],
  [{ columns: [{ header: 'x' }] }, ['columns']],
  [{ columns: [{ source: 'EMAIL', hash: 'crc' }] }, ['columns']],
  [{ fileName: 'a/b.csv' }, ['fileName']],
  [{ fileName: 'list' }, ['fileName']],
  [{ fileName: '{{audience}}' }, ['fileName']],
  [{ fileName: '{{audience}}.{{extension}}' }, []],
  [{ decimalMark: ';' }, ['decimalMark']],
  [{ byteOrderMark: true, decimalMark: ',' }, []],
  [{ folder: '../up' }, ['folder']],
  [{ folder: '{{account}}/in' }, []],
  [{ format: 'xlsx' }, ['format']],
  [{ splitRows: 1.5 }, ['splitRows']],
  [{ representation: 'referenced' }, ['representation']],
])('options %j have faults at %j', (options, faults) => {
  expect(faultsOf(FileOptions, options)).toEqual(faults);
});

test('credentials are secret, and every field has a label', () => {
  expect(secretFields(SftpSettings)).toEqual(['password', 'privateKey', 'passphrase']);
  for (const type of [SftpSettings, FileOptions]) {
    const names = labelledFields(type).map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names.length).toBeGreaterThan(10);
  }
});
