import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { confirmationOf, matchRateOf, type RequestStatus, shortfallsOf } from './request-status.ts';

const count = (recordCount: number) => ({
  audienceMembersIngestionStatus: { compositeDataIngestionStatus: { recordCount: String(recordCount) } },
});

describe('Google request status', () => {
  it.each<[RequestStatus['requestStatus'][], string]>([
    [['SUCCESS'], 'confirmed'],
    [['SUCCESS', 'SUCCESS'], 'confirmed'],
    [['FAILED'], 'failed'],
    [['FAILURE', 'FAILED'], 'failed'],
    [['SUCCESS', 'FAILED'], 'partial'],
    [['PARTIAL_SUCCESS'], 'partial'],
    [['PARTIAL_SUCCESS', 'FAILED'], 'partial'],
    [['SUCCESS', 'PROCESSING'], 'pending'],
    [['FAILED', 'REQUEST_STATUS_UNKNOWN'], 'pending'],
    [[undefined], 'pending'],
  ])('reads %j as %s', (statuses, state) => {
    expect(confirmationOf(statuses.map((requestStatus) => ({ requestStatus }))).state).toBe(state);
  });

  it('counts what Google took: what was sent less what it refused, and nothing of a failed request', () => {
    const confirmation = confirmationOf([
      { requestStatus: 'SUCCESS', ...count(100) },
      {
        requestStatus: 'PARTIAL_SUCCESS',
        ...count(50),
        errorInfo: { errorCounts: [{ reason: 'PROCESSING_ERROR_REASON_DENIED_CONSENT', recordCount: '20' }] },
        warningInfo: { warningCounts: [{ reason: 'PROCESSING_WARNING_REASON_INTERNAL_ERROR', recordCount: 2 }] },
      },
      {
        requestStatus: 'FAILED',
        ...count(70),
        errorInfo: { errorCounts: [{ reason: 'PROCESSING_ERROR_REASON_DENIED_CONSENT', recordCount: '70' }] },
      },
    ]);
    expect(confirmation).toMatchObject({
      state: 'partial',
      received: 130,
      rejects: [{ code: 'DENIED_CONSENT', count: 90 }],
      warnings: ['INTERNAL_ERROR for 2 records'],
    });
  });

  it.each<[RequestStatus['requestStatus'][], number | 'all' | undefined]>([
    [['SUCCESS', 'SUCCESS'], undefined],
    [['SUCCESS', 'FAILED'], 'all'],
    [['FAILURE'], 'all'],
    [['PARTIAL_SUCCESS', 'FAILED'], 'all'],
    [['SUCCESS', 'PARTIAL_SUCCESS', 'PARTIAL_SUCCESS'], 6],
    [[], undefined],
  ])('of a batch with requests that ended as %j misses %s', (statuses, entries) => {
    const errorInfo = { errorCounts: [{ recordCount: '1' }, { recordCount: 2 }] };
    const tickets = [[{ requestStatus: 'SUCCESS' as const }], statuses.map((s) => ({ requestStatus: s, errorInfo }))];
    expect(shortfallsOf(tickets)).toEqual(entries === undefined ? [] : [{ ticket: 1, entries }]);
  });

  it('reads counts, data types and match rate of composite data', () => {
    const compositeDataIngestionStatus = {
      recordCount: '300',
      dataTypeCounts: [
        { type: 'EMAIL', count: '300' },
        { type: 'PHONE_NUMBER', count: '120' },
      ],
      uploadMatchRateRange: 'MATCH_RATE_RANGE_61_TO_70',
    };
    expect(
      confirmationOf([
        { requestStatus: 'SUCCESS', audienceMembersIngestionStatus: { compositeDataIngestionStatus } },
        { requestStatus: 'SUCCESS', audienceMembersIngestionStatus: { compositeDataIngestionStatus } },
      ]),
    ).toEqual({
      state: 'confirmed',
      detail: '2 requests: 2 processed. Sent: 600 e-mail addresses, 240 phone numbers. Match rate 61 to 70 %.',
      received: 600,
      matchRate: '61 to 70 %',
      rejects: [],
      warnings: [],
    });
  });

  it.each(['composite', 'user', 'mobile', 'pair', 'userId', 'ppid', 'googleUserId', 'partnerProvidedId'])(
    'counts records of %s data, added or removed',
    (type) => {
      const counts = { recordCount: '7' };
      for (const status of [
        { audienceMembersIngestionStatus: { [`${type}DataIngestionStatus`]: counts } },
        { audienceMembersRemovalStatus: { [`${type}DataRemovalStatus`]: counts } },
      ])
        expect(confirmationOf([{ requestStatus: 'SUCCESS', ...status }])).toEqual({
          state: 'confirmed',
          detail: '1 request: 1 processed.',
          received: 7,
          rejects: [],
          warnings: [],
        });
    },
  );

  it('states no count for a removal of everyone, which Google does not count', () => {
    const confirmation = confirmationOf([{ requestStatus: 'SUCCESS', removeAllAudienceMembersStatus: {} }]);
    expect(confirmation).toEqual({
      state: 'confirmed',
      detail: '1 request: 1 processed.',
      rejects: [],
      warnings: [],
    });
  });

  it.each([
    [['MATCH_RATE_RANGE_LESS_THAN_20'], 'below 20 %'],
    [['MATCH_RANGE_91_TO_100'], '91 to 100 %'],
    [['MATCH_RATE_RANGE_41_TO_50', 'MATCH_RATE_RANGE_21_TO_30'], '21 to 50 %'],
    [['MATCH_RATE_RANGE_UNKNOWN', 'MATCH_RATE_RANGE_NOT_ELIGIBLE'], undefined],
    [[], undefined],
  ])('says the match rate of %j', (ranges, text) => {
    expect(matchRateOf(ranges)).toBe(text);
  });

  it('is never confirmed unless every request succeeded', () => {
    const statuses = fc.array(
      fc.constantFrom('SUCCESS', 'PROCESSING', 'FAILED', 'PARTIAL_SUCCESS', 'REQUEST_STATUS_UNKNOWN', 'NEW' as never),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(statuses, (all) => {
        const { state, received } = confirmationOf(all.map((requestStatus) => ({ requestStatus, ...count(1) })));
        expect(state === 'confirmed').toBe(all.every((status) => status === 'SUCCESS'));
        expect(received ?? 0).toBeLessThanOrEqual(all.length);
      }),
    );
  });
});
