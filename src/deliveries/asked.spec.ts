import type { Capabilities } from '../../connectors/destination.ts';
import { answered, nextQuestion, notAsked } from './asked.ts';

const at = new Date('2026-03-01T00:00:00Z');
const later = (seconds: number) => new Date(at.getTime() + seconds * 1000);
const capabilities = {
  confirmation: { firstSeconds: 30, factor: 2, maxSeconds: 100, giveUpSeconds: 3600 },
} as Capabilities;
const seconds = (moment: string | null) => (Date.parse(moment!) - at.getTime()) / 1000;

describe('asking a platform later', () => {
  it.each([
    [0, undefined, 30],
    [1, undefined, 60],
    [2, undefined, 100],
    [9, undefined, 100],
    [0, 0, 0],
    [1, 0, 2],
  ])('after %i questions, with %s s put in front, the next is due in %i s', (questions, override, due) => {
    expect(seconds(nextQuestion(capabilities, { ...notAsked(at), questions }, at, override))).toBe(due);
  });

  it('asks again while the answer is pending, and no more after the last word', () => {
    const pending = answered(notAsked(at), { state: 'pending', detail: 'not yet' }, capabilities, later(0));
    expect(pending).toMatchObject({ questions: 1, confirmation: { state: 'pending', detail: 'not yet' } });
    expect(seconds(pending.askAgainAt)).toBe(60);
    const last = answered(pending, { state: 'confirmed', detail: 'done' }, capabilities, later(60));
    expect(last).toMatchObject({
      questions: 2,
      askAgainAt: null,
      confirmation: { state: 'confirmed', detail: 'done' },
    });
  });

  it('needs a person when the platform stays pending for longer than it says it may', () => {
    const answer = { state: 'pending' as const, detail: 'not yet' };
    expect(answered(notAsked(at), answer, capabilities, later(3600)).askAgainAt).not.toBeNull();
    expect(answered(notAsked(at), answer, capabilities, later(3601))).toMatchObject({
      askAgainAt: null,
      confirmation: { state: 'needs-person', detail: expect.stringContaining('not yet') },
    });
  });
});
