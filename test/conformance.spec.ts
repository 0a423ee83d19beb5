import { plainToInstance } from 'class-transformer';
import { parse } from 'csv-parse/sync';
import { conformance, type Delivery, type Harness } from '../connectors/conformance.ts';
import type { ErrorRule } from '../connectors/errors.ts';
import { facebook } from '../connectors/facebook/definition.ts';
import { FacebookOptions, FacebookSettings } from '../connectors/facebook/settings.ts';
import { FileOptions } from '../connectors/files/options.ts';
import { google } from '../connectors/google/definition.ts';
import { GoogleOptions, GoogleSettings } from '../connectors/google/settings.ts';
import { sftp } from '../connectors/sftp/definition.ts';
import { SftpSettings } from '../connectors/sftp/settings.ts';
import type { FaultBook } from '../sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type Link, startLink } from './support/link.ts';

/** Every connector of ours against the sandbox. The link in front counts connections. */

const instance = <T extends object>(type: new () => T, plain: object): T =>
  plainToInstance(type, plain, { exposeDefaultValues: true });

async function rehearse(
  portOf: (sandbox: Sandbox) => number,
): Promise<{ sandbox: Sandbox; link: Link; stop(): Promise<void> }> {
  const sandbox = await startSandbox();
  const link = await startLink(portOf(sandbox));
  return {
    sandbox,
    link,
    async stop() {
      await link.close();
      await sandbox.close();
    },
  };
}

/** An address of the sandbox, through the link. */
const through = (link: Link, url: string) => {
  const changed = new URL(url);
  changed.port = String(link.port);
  return changed.href.replace(/\/$/, '');
};

conformance(facebook, async (): Promise<Harness<FacebookSettings, FacebookOptions>> => {
  const { sandbox, link, stop } = await rehearse(({ facebook: { port } }) => port);
  const { faults, credentials } = sandbox.facebook;
  const users = { path: '/users' };
  return {
    settings: instance(FacebookSettings, {
      adAccountId: credentials.adAccountId,
      accessToken: credentials.accessToken,
      appSecret: credentials.appSecret,
    }),
    options: instance(FacebookOptions, {}),
    addresses: { ...sandbox.settings(), REACH_FACEBOOK_URL: through(link, sandbox.facebook.url) },
    deliveries: () => sandbox.facebook.requests.filter(({ path }) => path.includes('/users')).map(ofFacebook),
    holds: ({ id }) => sandbox.facebook.members(id).size,
    state: () => sandbox.facebook.snapshot(),
    connections: () => link.open(),
    hang: () => faults.add({ match: users, do: 'hang', times: 'always' }),
    failWith: ({ vendor }) => {
      const [code, subcode] = vendor.split('/').map(Number);
      if (!Number.isInteger(code) || Number.isNaN(subcode)) return false;
      faults.add({ match: users, do: 'error', code: code!, subcode, times: 'always' });
      return true;
    },
    throttle: (seconds) => {
      const minutes = Math.ceil(seconds / 60);
      const usage = [{ type: 'custom_audience', call_count: 100, estimated_time_to_regain_access: minutes }];
      const headers = { 'x-business-use-case-usage': JSON.stringify({ [credentials.adAccountId]: usage }) };
      faults.add({ match: users, do: 'error', code: 80003, headers, times: 'always' });
    },
    reset: () => sandbox.reset(),
    stop,
  };
});

function ofFacebook({ method, path, body }: { method: string; path: string; body: string | null }): Delivery {
  const form = parameters(body ?? '');
  const payload = typeof form.payload === 'string' ? JSON.parse(form.payload) : (form.payload ?? {});
  const removes = method === 'DELETE' || form.method === 'DELETE' || /method=DELETE/i.test(path);
  // The signature of a call is made of its second.
  const text = (body ?? '').replaceAll(/(appsecret_(proof|time)"?[=:]"?)[\w]+/g, '$1');
  return { way: removes ? 'remove' : 'add', entries: payload.data?.length ?? 0, text };
}

/** A body in JSON, or in the form of an HTML form. */
function parameters(body: string): Record<string, unknown> {
  if (body.startsWith('{')) return JSON.parse(body) as Record<string, unknown>;
  return Object.fromEntries(new URLSearchParams(body));
}

conformance(google, async (): Promise<Harness<GoogleSettings, GoogleOptions>> => {
  const { sandbox, link, stop } = await rehearse(({ google: { port } }) => port);
  const { faults, credentials } = sandbox.google;
  const members = { path: 'audienceMembers:' };
  return {
    settings: instance(GoogleSettings, { ...credentials, api: 'data-manager' }),
    options: instance(GoogleOptions, {}),
    addresses: {
      ...sandbox.settings(),
      REACH_GOOGLE_OAUTH_URL: through(link, sandbox.google.oauthUrl),
      REACH_GOOGLE_DATA_MANAGER_URL: through(link, sandbox.google.dataManagerUrl),
    },
    deliveries: () =>
      sandbox.google.requests
        .filter(({ path, body }) => path.includes('audienceMembers:') && !body?.includes('"validateOnly":true'))
        .map(({ path, body }) => ({
          way: path.includes(':remove') ? 'remove' : 'add',
          entries: JSON.parse(body ?? '{}').audienceMembers?.length ?? 0,
          text: body ?? '',
        })),
    holds: ({ id }) => sandbox.google.members(id).size,
    state: () => sandbox.google.snapshot(),
    connections: () => link.open(),
    hang: () => faults.add({ match: members, do: 'hang', times: 'always' }),
    failWith: (rule) => playGoogle(faults, rule),
    throttle: (seconds) =>
      faults.add({
        match: members,
        do: 'error',
        code: 'RESOURCE_EXHAUSTED',
        headers: { 'retry-after': String(seconds) },
        times: 'always',
      }),
    reset: () => sandbox.reset(),
    stop,
  };
});

const STATUSES = new Set([
  'FAILED_PRECONDITION',
  'PERMISSION_DENIED',
  'NOT_FOUND',
  'RESOURCE_EXHAUSTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
]);

/** Statuses are the answer's own; reasons of Data Manager are told of the first member. */
function playGoogle(faults: FaultBook, { vendor }: ErrorRule): boolean {
  const match = { path: 'audienceMembers:' };
  // A bare INVALID_ARGUMENT is narrowed down to the member at fault, which is then rejected.
  if (!/^[A-Z][A-Z0-9_]+$/.test(vendor) || vendor === 'INVALID_ARGUMENT') return false;
  if (STATUSES.has(vendor)) faults.add({ match, do: 'error', code: vendor, times: 'always' });
  else {
    const field = 'audience_members.audience_members[0]';
    const details = [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'INVALID_ARGUMENT',
        domain: 'datamanager.googleapis.com',
      },
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field, reason: vendor, description: '' }],
      },
    ];
    const body = {
      error: { code: 400, status: 'INVALID_ARGUMENT', message: 'There was a problem with the request.', details },
    };
    faults.add({ match, do: 'status', status: 400, body, times: 'always' });
  }
  return true;
}

conformance(
  google,
  async (): Promise<Harness<GoogleSettings, GoogleOptions>> => {
    const { sandbox, link, stop } = await rehearse(({ googleAds: { port } }) => port);
    const { faults, credentials } = sandbox.googleAds;
    const uploading = { method: 'AddOfflineUserDataJobOperations' };
    return {
      settings: instance(GoogleSettings, { ...credentials, api: 'google-ads' }),
      options: instance(GoogleOptions, {}),
      addresses: { ...sandbox.settings(), REACH_GOOGLE_ADS_URL: through(link, sandbox.googleAds.url) },
      deliveries: () => sandbox.googleAds.requests.filter(({ method }) => method === uploading.method).map(ofGoogleAds),
      holds: ({ id }) => sandbox.google.members(id).size,
      state: () => [sandbox.google.snapshot(), sandbox.googleAds.snapshot()],
      connections: () => link.open(),
      // gRPC looks for unused sockets every ten seconds.
      closingSeconds: 15,
      hang: () => faults.add({ match: uploading, do: 'hang', times: 'always' }),
      failWith: ({ vendor }) => {
        const [kind, code] = vendor.split('/');
        if (!kind!.endsWith('Error') || !code) return false;
        faults.add({ match: uploading, do: 'error', code: `${snakeCase(kind!)}.${code}`, times: 'always' });
        return true;
      },
      reset: () => sandbox.reset(),
      stop,
    };
  },
  'google, through the Google Ads API',
);

const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function ofGoogleAds({ body }: { body: string | null }): Delivery {
  const { operations = [] } = JSON.parse(body ?? '{}') as { operations?: { remove?: object | null }[] };
  // Each upload of the same members makes a job of its own.
  const text = (body ?? '').replaceAll(/offlineUserDataJobs\/\d+/g, 'offlineUserDataJobs/…');
  return { way: operations.some(({ remove }) => remove) ? 'remove' : 'add', entries: operations.length, text };
}

conformance(sftp, async (): Promise<Harness<SftpSettings, FileOptions>> => {
  const { sandbox, link, stop } = await rehearse(({ sftp: { port } }) => port);
  const server = sandbox.sftp;
  const { host, username, password, hostFingerprint, directory } = server.credentials;
  const files = () => server.files().filter((path) => path.endsWith('.csv'));
  return {
    settings: instance(SftpSettings, {
      host,
      port: link.port,
      username,
      password,
      directory,
      hostKeySha256: hostFingerprint,
    }),
    // Without the date, so that a run across midnight keeps its name.
    options: instance(FileOptions, { fileName: '{{name}}.csv', manifest: false }),
    addresses: {},
    deliveries: () =>
      files().map((path) => ({ way: 'add', entries: parse(server.read(path)).length - 1, text: server.text(path) })),
    holds: () => files().reduce((sum, path) => sum + parse(server.read(path)).length - 1, 0),
    state: () => server.snapshot(),
    connections: () => link.open(),
    hang: () => server.faults.add({ match: { method: 'WRITE' }, do: 'hang', times: 'always' }),
    failWith: ({ vendor }) => {
      const [status, operation = 'open'] = vendor.split('/');
      const method = SFTP_OPERATIONS[operation];
      // The sandbox knows the statuses of protocol version 3. Reading back may be forbidden: that is a warning.
      if (!/^[1-8]$/.test(status!) || !method || vendor === '3/read') return false;
      server.faults.add({ match: { method, path: '\\.csv' }, do: 'status', status: Number(status), times: 'always' });
      return true;
    },
    reset: () => sandbox.reset(),
    stop,
  };
});

const SFTP_OPERATIONS: Record<string, string> = {
  open: 'OPEN',
  write: 'WRITE',
  close: 'CLOSE',
  stat: 'STAT',
  read: 'READ',
  rename: 'POSIX-RENAME',
};
