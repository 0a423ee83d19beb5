import type { ConnectorEnvironment, Prerequisite } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { assertUrlAllowed } from './guard.ts';

/**
 * Looks at a receiver in three steps: is its host allowed, does it answer, does it accept what is asked.
 * @param ask a harmless request; its failure says which step it is about
 */
export async function checkReceiver(
  environment: ConnectorEnvironment,
  url: string,
  accepted: string,
  ask: () => Promise<unknown>,
): Promise<Prerequisite[]> {
  const host = await failureOf(assertUrlAllowed(environment, url));
  const asked = host ? undefined : await failureOf(ask());
  // Statuses are answers, whatever they say.
  const unreached = asked && !/^(\d{3}|redirect)(\/|$)/.test(asked.vendorCode ?? '') ? asked : undefined;
  return [
    step('host', 'The host is allowed', host),
    host ? waits('answer', 'The receiver answers') : step('answer', 'The receiver answers', unreached),
    host || unreached ? waits('accepted', accepted) : step('accepted', accepted, asked),
  ];
}

const step = (name: string, title: string, error: DestinationError | undefined): Prerequisite => ({
  name,
  title,
  ok: !error,
  detail: error?.message ?? 'Fine.',
});

const waits = (name: string, title: string): Prerequisite => ({
  name,
  title,
  ok: false,
  untried: true,
  detail: 'Not tried before the step above works.',
});

async function failureOf(work: Promise<unknown>): Promise<DestinationError | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof DestinationError) return error;
      throw error;
    },
  );
}
