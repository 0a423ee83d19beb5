import { historyOf, type PlanLine, type Records, type Stay } from './history.ts';

const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}T00:00:00.000Z`;
const stay = (state: string, from: number, to = from, segment = 'p1'): Stay => ({
  deliveryId: 'del',
  segment,
  state,
  runId: `run${from}`,
  at: day(from),
  lastRunId: `run${to}`,
  lastAt: day(to),
});
const line = (run: number, action: string, segment = 'p1', reason = ''): PlanLine => ({
  runId: `run${run}`,
  segment,
  action,
  reason,
});
const records = (plans: PlanLine[], mode = 'mirror', trigger = 'manual'): Records => ({
  runs: [{ id: 'run5', trigger, mode }],
  plans,
  refusals: [],
});
const why = (...given: Parameters<typeof records>) =>
  historyOf([stay('removed', 5), stay('present', 1)], records(...given))[0]!.reason;

describe('the history of a contact', () => {
  it('counts from the first time it was sent, and tells the latest', () => {
    expect(historyOf([stay('present', 1, 9)], records([]))).toEqual([
      {
        deliveryId: 'del',
        segment: 'p1',
        state: 'present',
        runId: 'run1',
        at: day(1),
        until: null,
        renewedBy: 'run9',
        renewedAt: day(9),
        reason: null,
      },
    ]);
  });

  it('goes on where an old form was only taken out to bring a new one', () => {
    const stays = [stay('present', 5, 7), stay('removed', 5), stay('present', 1, 3)]; // within one run
    const [passage, ...more] = historyOf(stays, records([line(5, 'change')]));
    expect(passage).toMatchObject({ state: 'present', at: day(1), runId: 'run1', renewedBy: 'run7', until: null });
    expect(more).toEqual([]);
  });

  it('says that somebody is out whose new form did not come', () => {
    expect(why([line(5, 'change')])).toMatchObject({ code: 'replaced' });
  });

  it('says why somebody is out who was to stay, but was kept back before it was sent', () => {
    const refusals = [
      { verdict: 'withheld' as const, runId: 'run5', segment: 'p1', code: 'suppressed', text: 'Suppressed.' },
    ];
    const stays = [stay('removed', 5), stay('present', 1)];
    for (const action of ['unchanged', 'change']) {
      const [now] = historyOf(stays, { ...records([line(5, action)]), refusals });
      expect(now!.reason).toEqual({ code: 'suppressed', text: 'Suppressed.' });
    }
  });

  it('begins anew after somebody was out', () => {
    const stays = [stay('present', 8), stay('removed', 5), stay('present', 1)];
    expect(historyOf(stays, records([line(5, 'remove')])).map(({ at, until }) => [at, until])).toEqual([
      [day(8), null],
      [day(5), day(8)],
      [day(1), day(5)],
    ]);
  });

  it('keeps segments apart', () => {
    const stays = [stay('present', 5, 5, 'p2'), stay('removed', 5), stay('present', 1)];
    const passages = historyOf(stays, records([line(5, 'remove'), line(5, 'add', 'p2')]));
    expect(passages.map(({ segment, until }) => [segment, until])).toEqual([
      ['p2', null],
      ['p1', null],
      ['p1', day(5)],
    ]);
    expect(passages[1]!.reason).toMatchObject({ code: 'moved', movedTo: 'p2' });
  });

  it.each<[string, Parameters<typeof records>]>([
    ['left_audience', [[line(5, 'remove')]]],
    ['left_audience', [[line(5, 'remove')], 'changes']],
    ['consent_denied', [[line(5, 'remove', 'p1', 'consent_denied'), line(5, 'withheld', 'p1', 'consent_denied')]]],
    ['suppressed', [[line(5, 'remove'), line(5, 'withheld', 'p2', 'suppressed')]]],
    ['no_persona', [[line(5, 'remove'), line(5, 'withheld', 'none', 'no_persona')]]],
    ['kept_back', [[line(5, 'remove')], 'add-only']],
    ['kept_back', [[line(5, 'remove')], 'mirror', 'withdrawal']],
  ])('says why somebody was taken out: %s', (code, given) => {
    expect(why(...given)).toMatchObject({ code, text: expect.stringMatching(/\w\.$/) });
  });

  it('makes up no reason where the plan knows none', () => {
    expect(why([])).toBeNull();
  });

  it.each(['invalid', 'rejected'] as const)('says that a contact was %s, and why', (verdict) => {
    const reason = { code: 'INVALID_FORMAT', text: 'Not a hash.' };
    const refusals = [{ runId: 'run1', segment: 'p1', verdict, ...reason }];
    expect(historyOf([stay('refused', 1)], { runs: [], plans: [], refusals })[0]).toMatchObject({
      state: verdict,
      reason,
    });
  });
});
