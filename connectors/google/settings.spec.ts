import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { labelledFields, secretFields } from '../declared.ts';
import { GoogleOptions, GoogleSettings } from './settings.ts';

const given = { customerId: '769-372-9833', clientId: 'id', clientSecret: 'secret', refreshToken: 'token' };
const read = (changes: object) => plainToInstance(GoogleSettings, { ...given, ...changes });
const faults = (target: object) =>
  validateSync(target, { whitelist: true, forbidNonWhitelisted: true }).map(({ property }) => property);

describe('Google settings', () => {
  it('takes account numbers as people copy them', () => {
    const settings = read({ loginCustomerId: '111-222-3333' });
    expect(faults(settings)).toEqual([]);
    expect(settings).toMatchObject({ customerId: '7693729833', loginCustomerId: '1112223333', api: 'data-manager' });
  });

  it.each([
    [{ customerId: '769-372-983' }, ['customerId']],
    [{ customerId: 7693729833 }, ['customerId']],
    [{ loginCustomerId: 'mine' }, ['loginCustomerId']],
    [{ api: 'rest' }, ['api']],
    [{ api: 'google-ads' }, ['developerToken']],
    [{ api: 'google-ads', developerToken: 'abc' }, []],
    [{ refreshToken: '' }, ['refreshToken']],
    [{ unknown: 1 }, ['unknown']],
  ])('judges %j', (changes, expected) => {
    expect(faults(read(changes))).toEqual(expected);
  });

  it('keeps credentials sealed and labels every field', () => {
    expect(secretFields(GoogleSettings)).toEqual(['clientSecret', 'refreshToken', 'developerToken']);
    expect(labelledFields(GoogleSettings).map(({ name }) => name)).toEqual([
      'customerId',
      'loginCustomerId',
      'clientId',
      'clientSecret',
      'refreshToken',
      'api',
      'developerToken',
    ]);
  });
});

describe('Google options', () => {
  it.each([
    [{}, []],
    [{ membershipDays: 1 }, []],
    [{ membershipDays: 540 }, []],
    [{ membershipDays: 0 }, ['membershipDays']],
    [{ membershipDays: 541 }, ['membershipDays']],
    [{ membershipDays: 1.5 }, ['membershipDays']],
    [{ adUserData: 'maybe' }, ['adUserData']],
  ])('judges %j', (changes, expected) => {
    expect(faults(plainToInstance(GoogleOptions, changes))).toEqual(expected);
  });
});
