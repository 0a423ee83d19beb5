import type { Capabilities, Confirmation, Json } from '../../connectors/destination.ts';

/** Something that a platform accepted outside of a run, and what it said of it later. */
export interface Asked {
  /** When it was asked, ISO 8601. */
  at: string;
  /** What to ask about later; empty where acceptance is all there is. */
  tickets: Json[];
  confirmation: Answered | null;
  /** When to ask again, ISO 8601; null when the last word is spoken. */
  askAgainAt: string | null;
  questions: number;
}

/** What a platform said when it was asked later. */
export interface Answered {
  state: Confirmation['state'];
  detail: string;
  at: string;
}

export const notAsked = (at: Date): Asked => ({
  at: at.toISOString(),
  tickets: [],
  confirmation: null,
  askAgainAt: null,
  questions: 0,
});

/** When the next question is due by the platform's own advice, which `override` seconds replace in front. */
export function nextQuestion(
  { confirmation: { firstSeconds, factor, maxSeconds } }: Capabilities,
  { questions }: Asked,
  now: Date,
  override?: number,
): string {
  const first = override ?? firstSeconds;
  const seconds = questions === 0 ? first : Math.min(maxSeconds, Math.max(1, first) * factor ** questions);
  return new Date(now.getTime() + seconds * 1000).toISOString();
}

/** Takes in an answer. One that stays pending longer than the platform itself allows needs a person. */
export function answered<T extends Asked>(
  asked: T,
  { state, detail }: Pick<Confirmation, 'state' | 'detail'>,
  capabilities: Capabilities,
  now: Date,
  override?: number,
): T {
  const counted = { ...asked, questions: asked.questions + 1 };
  const at = now.toISOString();
  if (state !== 'pending') return { ...counted, confirmation: { state, detail, at }, askAgainAt: null };
  const waited = (now.getTime() - Date.parse(asked.at)) / 1000;
  if (waited > capabilities.confirmation.giveUpSeconds) {
    const text = `Accepted, but not confirmed in time. Last answer: ${detail}`;
    return { ...counted, confirmation: { state: 'needs-person', detail: text, at }, askAgainAt: null };
  }
  return {
    ...counted,
    confirmation: { state, detail, at },
    askAgainAt: nextQuestion(capabilities, counted, now, override),
  };
}
