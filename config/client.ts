/** Variables that clients of the service read; the service itself ignores them. */
export const CLIENT_VARIABLES = ['REACH_URL', 'REACH_KEY'];

/** Where the command line finds the service, and the key it uses. */
export interface ClientSettings {
  url: string;
  key?: string;
}

/** REACH_URL (default http://127.0.0.1:3000) and REACH_KEY, or the bootstrap key REACH_ADMIN_KEY. */
export function loadClientSettings(env: Record<string, string | undefined> = process.env): ClientSettings {
  return {
    url: (env.REACH_URL || 'http://127.0.0.1:3000').replace(/\/$/, ''),
    key: env.REACH_KEY || env.REACH_ADMIN_KEY,
  };
}
