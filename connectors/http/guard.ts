import { lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { ConnectorEnvironment } from '../destination.ts';

export interface Agents {
  http: http.Agent;
  https: https.Agent;
  destroy(): void;
}

/** Decides which hosts may be connected to. */
export type HostGuard = Pick<ConnectorEnvironment, 'assertHostAllowed'>;

/**
 * Looks up a name for a socket and lets it connect to allowed addresses only. The address that is judged is the one that
 * is connected to, so that a name cannot change its meaning between the check and the connection.
 */
export function guardedLookup(guard: HostGuard): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, address, family) => {
      if (error) return callback(error, address as string, family);
      const found = Array.isArray(address) ? address.map((entry) => entry.address) : [address as string];
      Promise.all(found.map((each) => guard.assertHostAllowed(each))).then(
        () => callback(null, address as string, family),
        (refused: Error) => callback(refused, '', 0),
      );
    });
  };
}

/** Agents that connect to allowed addresses only. */
export function guardedAgents(guard: HostGuard, maxSockets = 8): Agents {
  const options = { keepAlive: true, maxSockets, lookup: guardedLookup(guard) } as http.AgentOptions;
  const agents = { http: new http.Agent(options), https: new https.Agent(options) };
  return {
    ...agents,
    destroy() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** Refuses a URL whose host is written as an address that is not allowed, and names that lead to one. */
export async function assertUrlAllowed(guard: HostGuard, url: string): Promise<void> {
  await guard.assertHostAllowed(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}
