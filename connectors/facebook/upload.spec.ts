import { describe, expect, it } from '@jest/globals';
import { batchOf, digest, memberOf } from './test-environment.ts';
import { readAnswer, requestsOf } from './upload.ts';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(digest) as [string, string, string, string];
const members = () => [
  memberOf('con_1', [
    [a, b],
    [c, ''],
  ]),
  memberOf('con_2', [['', d]]),
];

describe('calls of a batch', () => {
  it('is one, in the session of the upload', () => {
    const [request, ...rest] = requestsOf({ ...batchOf(members()), seq: 3, last: false });
    expect(rest).toEqual([]);
    expect(request).toMatchObject({
      session: { session_id: 9_778_993, batch_seq: 3, last_batch_flag: false, estimated_num_total: 3 },
      payload: {
        schema: ['EMAIL', 'PHONE'],
        data: [
          [a, b],
          [c, ''],
          ['', d],
        ],
      },
    });
  });

  it('is none without members', () => expect(requestsOf(batchOf([]))).toEqual([]));

  it('has the columns of the options when adding, and leaves them out when removing', () => {
    const addOnly = { schema: ['LOOKALIKE_VALUE', 'DATA_PROCESSING_OPTIONS'], cells: [5, ['LDU']] };
    const options = { valueAttribute: 'spend', limitedDataUse: true };
    const both = (direction: 'add' | 'remove') =>
      requestsOf(batchOf([memberOf('con_1', [[a, b]], ['EMAIL', 'PHONE'], addOnly)], { direction, options }))[0]!;
    expect(both('add').payload).toEqual({
      schema: ['EMAIL', 'PHONE', 'LOOKALIKE_VALUE', 'DATA_PROCESSING_OPTIONS'],
      data: [[a, b, 5, ['LDU']]],
    });
    expect(both('remove').payload).toEqual({ schema: ['EMAIL', 'PHONE'], data: [[a, b]] });
    expect(both('add').session.session_id).toBe(9_778_993);
    expect(both('remove').session.session_id).toBe(9_778_993);
  });

  it('removes people sent under other keys with those keys, in a session of their own', () => {
    const batch = batchOf([...members(), memberOf('con_3', [[a]], ['EMAIL'])], { direction: 'remove' });
    const requests = requestsOf(batch);
    expect(requests.map((r) => r.payload.schema)).toEqual([['EMAIL', 'PHONE'], ['EMAIL']]);
    const [usual, other] = requests.map((r) => r.session);
    expect(usual!.session_id).toBe(9_778_993);
    expect(other).toMatchObject({ batch_seq: 1, last_batch_flag: true, estimated_num_total: 1 });
    expect(other!.session_id).not.toBe(usual!.session_id);
    expect(Number.isSafeInteger(other!.session_id)).toBe(true);
    expect(requestsOf(batch)).toEqual(requests);
  });
});

describe('an answer', () => {
  const request = (direction: 'add' | 'remove' = 'add') => requestsOf(batchOf(members(), { direction }))[0]!;
  const read = (invalid: number, samples: unknown) => {
    const { outcomes, unattributed } = readAnswer(request(), {
      num_invalid_entries: invalid,
      invalid_entry_samples: samples,
    });
    return [outcomes.map((o) => `${o.contactId} ${o.verdict}`), unattributed];
  };
  const BOTH = ['con_1 accepted', 'con_2 accepted'];

  it.each([
    ['nothing invalid', 0, {}, [BOTH, 0]],
    ['nothing invalid, samples all the same', 0, [d], [BOTH, 0]],
    ['a count without samples', 1, undefined, [BOTH, 1]],
    ['a sample of one contact, as a list', 1, [d], [['con_1 accepted', 'con_2 rejected'], 0]],
    ['a sample as a map', 1, { '0': d }, [['con_1 accepted', 'con_2 rejected'], 0]],
    ['a sample as the key of a map', 1, { [d]: 'bad hash' }, [['con_1 accepted', 'con_2 rejected'], 0]],
    ['a sample that is a whole row', 1, [['', d]], [['con_1 accepted', 'con_2 rejected'], 0]],
    ['a sample that is a row in one text', 1, [`[, ${d}]`], [['con_1 accepted', 'con_2 rejected'], 0]],
    ['a sample of nobody', 1, [digest('f')], [BOTH, 1]],
    ['one of the two rows of a contact', 1, [a], [BOTH, 1]],
    ['both rows of a contact', 2, [a, c], [['con_1 rejected', 'con_2 accepted'], 0]],
    ['all rows', 3, undefined, [['con_1 rejected', 'con_2 rejected'], 0]],
    ['a count that is no number', Number.NaN, undefined, [BOTH, 0]],
  ])('%s', (_, invalid, samples, expected) => expect(read(invalid, samples)).toEqual(expected));

  it('blames nobody for a value that two contacts share', () => {
    const shared = requestsOf(
      batchOf([memberOf('con_1', [[a, b]]), memberOf('con_2', [[a, d]]), memberOf('con_3', [['', c]])]),
    )[0]!;
    const { outcomes, unattributed } = readAnswer(shared, { num_invalid_entries: 2, invalid_entry_samples: [a] });
    expect(outcomes.every((o) => o.verdict === 'accepted')).toBe(true);
    expect(unattributed).toBe(2);
  });
});
