import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { labelledFields, secretFields } from '../declared.ts';
import { DestinationRegistry } from '../registry.ts';
import { facebook } from './definition.ts';
import { FacebookOptions, FacebookSettings } from './settings.ts';
import { pauseFor, readUsage } from './usage.ts';

const faults = (type: typeof FacebookSettings | typeof FacebookOptions, value: object) =>
  validateSync(plainToInstance(type as new () => object, value), { whitelist: true, forbidNonWhitelisted: true }).map(
    (error) => error.property,
  );

describe('the definition', () => {
  it('passes the checks of the registry', () => {
    expect(new DestinationRegistry([facebook as never]).get('facebook')).toBe(facebook);
  });

  it('labels every field and marks the secrets', () => {
    expect(secretFields(FacebookSettings)).toEqual(['accessToken', 'appSecret']);
    expect(labelledFields(FacebookSettings).map((f) => f.name)).toEqual(['adAccountId', 'accessToken', 'appSecret']);
  });
});

describe('settings and options', () => {
  const settings = { adAccountId: '42', accessToken: 'EAAtoken' };

  it.each([
    [settings, []],
    [{ ...settings, adAccountId: 'act_42', appSecret: 's3cret' }, []],
    [{}, ['adAccountId', 'accessToken']],
    [{ ...settings, adAccountId: 'act_' }, ['adAccountId']],
    [{ ...settings, adAccountId: '42/../me' }, ['adAccountId']],
    [{ ...settings, accessToken: 'two words' }, ['accessToken']],
    [{ ...settings, accessToken: 'line\r\nbreak' }, ['accessToken']],
    [{ ...settings, unknown: 1 }, ['unknown']],
  ])('%j', (value, expected) => expect(faults(FacebookSettings, value).sort()).toEqual([...expected].sort()));

  it.each([
    [{}, []],
    [{ customerFileSource: 'BOTH_USER_AND_PARTNER_PROVIDED', retentionDays: 180, limitedDataUse: true }, []],
    [{ retentionDays: 0 }, ['retentionDays']],
    [{ retentionDays: 181 }, ['retentionDays']],
    [{ customerFileSource: 'ELSEWHERE' }, ['customerFileSource']],
    [{ limitedDataUse: 'yes' }, ['limitedDataUse']],
    [{ valueAttribute: '' }, ['valueAttribute']],
    [{ lookalikeCountry: 'US', lookalikeRatio: 0.2 }, []],
    [{ lookalikeCountry: 'USA' }, ['lookalikeCountry']],
    [{ lookalikeRatio: 0.21 }, ['lookalikeRatio']],
    [{ lookalikeRatio: 0.015 }, ['lookalikeRatio']],
  ])('%j', (value, expected) => expect(faults(FacebookOptions, value)).toEqual(expected));
});

describe('usage headers', () => {
  const business = (entry: object) => ({
    'x-business-use-case-usage': JSON.stringify({
      '42': [
        { type: 'ads_insights', call_count: 99 },
        { type: 'custom_audience', ...entry },
      ],
      '43': [{ type: 'custom_audience', call_count: 98, estimated_time_to_regain_access: 60 }],
    }),
  });

  it.each([
    [{}, 0, 0],
    [{ 'x-app-usage': '{"call_count":12,"total_time":80,"total_cputime":3}' }, 80, 0],
    [{ 'x-ad-account-usage': '{"acc_id_util_pct":91.5,"reset_time_duration":100}' }, 91.5, 0],
    [{ 'x-ad-account-usage': '{"acc_id_util_pct":100,"reset_time_duration":100}' }, 100, 100],
    [business({ call_count: 97, total_time: 1, estimated_time_to_regain_access: 19 }), 97, 1140],
    [business({ call_count: 3 }), 3, 0],
    [{ 'retry-after': '30' }, 0, 30],
    [{ 'retry-after': 'Mon, 30 Nov 2026 12:00:10 GMT' }, 0, 10],
    [{ 'retry-after': 'Mon, 30 Nov 2026 13:00:00 GMT', date: 'Mon, 30 Nov 2026 12:59:00 GMT' }, 0, 60],
    [{ 'x-app-usage': 'null', 'x-business-use-case-usage': '[]', 'retry-after': 'soon' }, 0, 0],
  ])('%j', (headers, percent, regainSeconds) =>
    expect(readUsage(headers, { adAccountId: '42', now: new Date('2026-11-30T12:00:00Z') })).toEqual({
      percent,
      regainSeconds,
    }),
  );

  it('slow down from 75 % on', () => {
    expect([0, 74.9, 75, 85, 95, 120].map(pauseFor)).toEqual([0, 0, 1000, 5500, 10_000, 10_000]);
  });
});
