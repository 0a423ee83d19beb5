import { runVerdict, type UploadStatus } from './states.ts';

const upload = (status: UploadStatus, rejected = 0, unattributed = 0) => ({ status, rejected, unattributed });

describe('runVerdict', () => {
  it.each([
    ['nothing to do', [], 0, false, 'unchanged'],
    ['all confirmed', [upload('confirmed'), upload('confirmed')], 0, false, 'confirmed'],
    ['we refused some', [upload('confirmed')], 3, false, 'confirmed-with-rejects'],
    ['the platform refused some', [upload('confirmed', 2)], 0, false, 'confirmed-with-rejects'],
    ['the platform did not say whom it refused', [upload('confirmed', 0, 7)], 0, false, 'confirmed-with-rejects'],
    ['the platform confirmed a part', [upload('partial')], 0, false, 'confirmed-with-rejects'],
    ['one segment failed', [upload('confirmed'), upload('failed')], 0, false, 'partly-failed'],
    ['every segment needs a person', [upload('needs-person')], 0, false, 'failed'],
    ['a person stopped it', [upload('confirmed'), upload('cancelled')], 0, true, 'cancelled'],
    ['a person stopped it too late', [upload('confirmed'), upload('partial')], 0, true, 'confirmed-with-rejects'],
    ['a person stopped it before it had anything to do', [], 0, true, 'cancelled'],
  ] as const)('%s', (_, uploads, invalid, cancelled, verdict) => {
    expect(runVerdict([...uploads], invalid, cancelled)).toBe(verdict);
  });
});
