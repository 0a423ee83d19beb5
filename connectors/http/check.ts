import { type ConnectorEnvironment, DestinationError, type Prerequisite } from '../destination.ts';
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
  const waits = 'Not tried before the step above works.';
  return [
    step('host', 'The host is allowed', !host, host?.message ?? 'Fine.'),
    step('answer', 'The receiver answers', !host && !unreached, host ? waits : (unreached?.message ?? 'Fine.')),
    step('accepted', accepted, !host && !asked, host || unreached ? waits : (asked?.message ?? 'Fine.')),
  ];
}

const step = (name: string, title: string, ok: boolean, detail: string): Prerequisite => ({ name, title, ok, detail });

async function failureOf(work: Promise<unknown>): Promise<DestinationError | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof DestinationError) return error;
      throw error;
    },
  );
}
