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

/**
 * Agents that connect to allowed addresses only. Names are judged by the address that is really connected to, so that
 * a name cannot change its meaning between the question and the connection.
 */
export function guardedAgents(environment: ConnectorEnvironment, maxSockets = 8): Agents {
  const guarded: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, options, (error, address, family) => {
      if (error) return callback(error, address as string, family);
      const found = Array.isArray(address) ? address.map((entry) => entry.address) : [address as string];
      Promise.all(found.map((each) => environment.assertHostAllowed(each))).then(
        () => callback(null, address as string, family),
        (refused: Error) => callback(refused, '', 0),
      );
    });
  };
  const options = { keepAlive: true, maxSockets, lookup: guarded } as http.AgentOptions;
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
export async function assertUrlAllowed(environment: ConnectorEnvironment, url: string): Promise<void> {
  await environment.assertHostAllowed(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}
