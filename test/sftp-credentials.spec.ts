import { type Receiver, startReceiver } from './support/receiver.ts';
import { until } from './support/service.ts';
import { World } from './support/world.ts';

interface KeyPair {
  publicKey: string;
  fingerprint: string;
  createdBy: string;
}
interface Connection {
  id: string;
  status: string;
  statusError: string | null;
  settings: Record<string, unknown>;
  secretsSet: string[];
  keyPair: KeyPair | null;
  prerequisites: { name: string; ok: boolean; confirm?: { setting: string; value: string } }[] | null;
  confirmed: Record<string, { value: string; by: string; at: string }>;
}
interface Audited {
  action: string;
  subject: string;
  actor: string;
  detail: Record<string, unknown>;
}

describe('credentials of an SFTP connection', () => {
  let world: World;
  let receiver: Receiver;
  let audienceId: string;

  const connection = (id: string) => world.ask<Connection>('GET', `/v1/connections/${id}`);
  const check = (id: string) =>
    world.ask<{ ok: boolean; prerequisites: { name: string; ok: boolean }[] }>('POST', `/v1/connections/${id}/check`);
  const make = (settings: Record<string, unknown>) => {
    const { host, port, username, hostFingerprint, directory } = world.sandbox.credentials.sftp;
    const known = { host, port, username, hostKeySha256: hostFingerprint, directory };
    return world.reach.api<Connection>('POST', '/v1/connections', {
      name: 'Mail house',
      type: 'sftp',
      settings: { ...known, ...settings },
    });
  };
  const generated = async () => (await make({ auth: 'generated' })).body;
  const deliver = (connectionId: string) => world.delivery({ name: `files ${connectionId}`, audienceId, connectionId });
  const refusal = async (path: string, body: object, method = 'POST') => {
    const answer = await world.reach.api<{ code: string; errors: { path: string }[] }>(method, path, body);
    return [answer.status, answer.body.code, answer.body.errors?.[0]?.path];
  };
  const audited = async (id: string, action: string) =>
    (await world.ask<{ items: Audited[] }>('GET', '/v1/audit-log')).items.filter(
      (entry) => entry.subject === id && entry.action === action,
    );
  const hostKeyOf = async (id: string) =>
    (await connection(id)).prerequisites!.find(({ name }) => name === 'host-key')!.confirm;

  beforeAll(async () => {
    world = await World.start();
    receiver = await startReceiver();
    await world.ask('POST', '/v1/alert-channels', { type: 'webhook', target: receiver.url });
    await world.importPeople([{ id: 'a', email: 'a@example.com', spend: 1, plan: 'basic' }]);
    audienceId = await world.audience({ name: 'Everyone', include: { condition: { everyone: true } } });
  });
  afterAll(async () => {
    await world.close();
    await receiver.close();
  });

  describe('a key pair that Reach makes', () => {
    it('shows its public half, logs in once that is installed, and never shows the other', async () => {
      const { id, keyPair, secretsSet } = await generated();
      expect(keyPair?.publicKey).toMatch(new RegExp(`^ssh-ed25519 [A-Za-z0-9+/=]+ reach-${id}$`));
      expect(keyPair).toMatchObject({ createdBy: 'bootstrap admin', fingerprint: expect.stringMatching(/^SHA256:/) });
      expect(secretsSet).toEqual(['privateKey']);
      expect((await check(id)).prerequisites.find(({ ok }) => !ok)?.name).toBe('login');
      world.sandbox.sftp.authorize(keyPair!.publicKey);
      expect((await check(id)).ok).toBe(true);
      expect((await world.run(await deliver(id))).verdict).toBe('confirmed');
      const shown = [await connection(id), await world.ask('GET', '/v1/connections'), await audited(id, 'x')];
      expect(JSON.stringify(shown)).not.toContain('PRIVATE KEY');
    });

    it('is replaced by another when a person asks; the old one no longer works', async () => {
      const { id, keyPair } = await generated();
      world.sandbox.sftp.authorize(keyPair!.publicKey);
      expect((await check(id)).ok).toBe(true);
      const next = await world.ask<KeyPair>('POST', `/v1/connections/${id}/key-pair`, {});
      expect(next.publicKey).not.toBe(keyPair!.publicKey);
      expect((await connection(id)).keyPair).toEqual(next);
      expect((await check(id)).ok).toBe(false);
      world.sandbox.sftp.authorize(next.publicKey);
      expect((await check(id)).ok).toBe(true);
      expect(await audited(id, 'connection.key-pair')).toEqual([
        expect.objectContaining({ detail: { fingerprint: next.fingerprint } }),
      ]);
    });

    it('takes the place of a password, also as RSA for old servers', async () => {
      const id = await world.connect('sftp');
      const { publicKey } = await world.ask<KeyPair>('POST', `/v1/connections/${id}/key-pair`, { kind: 'rsa' });
      expect(publicKey).toMatch(/^ssh-rsa /);
      expect((await connection(id)).settings.auth).toBe('generated');
      expect((await check(id)).ok).toBe(false);
      world.sandbox.sftp.authorize(publicKey);
      expect((await check(id)).ok).toBe(true);
    });

    it('stays when other settings change, and is forgotten when the login is given', async () => {
      const { id, keyPair } = await generated();
      const path = `/v1/connections/${id}`;
      expect((await world.ask<Connection>('PATCH', path, { settings: { directory: '.' } })).keyPair).toEqual(keyPair);
      const { password } = world.sandbox.credentials.sftp;
      const given = await world.ask<Connection>('PATCH', path, { settings: { auth: 'given', password } });
      expect(given).toMatchObject({ keyPair: null, secretsSet: ['password'] });
      expect((await check(id)).ok).toBe(true);
      const again = await world.ask<Connection>('PATCH', path, { settings: { auth: 'generated' } });
      expect(again.keyPair?.publicKey).not.toBe(keyPair!.publicKey);
    });

    it('is refused where it makes no sense', async () => {
      const { privateKey } = world.sandbox.credentials.sftp;
      const { id } = await generated();
      const facebook = await world.connect('facebook');
      expect((await make({ auth: 'generated', privateKey })).status).toBe(422);
      expect(await refusal(`/v1/connections/${id}`, { settings: { privateKey } }, 'PATCH')).toEqual([
        422,
        'invalid',
        'settings.privateKey',
      ]);
      expect(await refusal(`/v1/connections/${id}`, { settings: { auth: 'given' } }, 'PATCH')).toEqual([
        422,
        'invalid',
        'settings.password',
      ]);
      expect((await make({ auth: 'magic', password: 'x' })).status).toBe(422);
      expect((await make({})).status).toBe(422);
      expect(await refusal(`/v1/connections/${id}/key-pair`, { kind: 'dsa' })).toEqual([422, 'invalid', 'kind']);
      expect((await refusal(`/v1/connections/${id}/key-pair`, { privateKey }))[0]).toBe(400);
      expect(await refusal(`/v1/connections/${facebook}/key-pair`, {})).toEqual([409, 'no_key_pair', undefined]);
      expect((await refusal('/v1/connections/con_none/key-pair', {}))[0]).toBe(404);
    });
  });

  describe('the host key', () => {
    const unpinned = async () => {
      const { password } = world.sandbox.credentials.sftp;
      return (await make({ password, hostKeySha256: undefined })).body.id;
    };

    it('is confirmed by a person before anything is sent', async () => {
      const id = await unpinned();
      const deliveryId = await deliver(id);
      const files = world.sandbox.sftp.files();
      const run = await world.run(deliveryId);
      expect(run).toMatchObject({ verdict: 'failed', reason: expect.stringContaining('not confirmed yet') });
      await check(id);
      expect(await connection(id)).toMatchObject({ status: 'stopped', confirmed: {} });
      const { hostFingerprint } = world.sandbox.sftp;
      expect(await hostKeyOf(id)).toEqual({ setting: 'hostKeySha256', value: hostFingerprint });
      expect((await refusal(`/v1/deliveries/${deliveryId}/runs`, {})).slice(0, 2)).toEqual([409, 'connection_stopped']);
      expect(world.sandbox.sftp.files()).toEqual(files);
      const confirmed = await world.ask<Connection>('POST', `/v1/connections/${id}/confirm`, {
        prerequisite: 'host-key',
        value: hostFingerprint,
      });
      expect(confirmed).toMatchObject({ status: 'ready', settings: { hostKeySha256: hostFingerprint } });
      expect(confirmed.confirmed['host-key']).toMatchObject({ value: hostFingerprint, by: 'bootstrap admin' });
      expect((await audited(id, 'connection.confirm'))[0]?.detail).toEqual({
        prerequisite: 'host-key',
        from: null,
        to: hostFingerprint,
      });
      expect((await world.run(deliveryId)).verdict).toBe('confirmed');
    });

    it('raises an alarm when it changes: nothing is sent until a person accepts the new one', async () => {
      const id = await world.connect('sftp');
      const deliveryId = await deliver(id);
      expect((await world.run(deliveryId)).verdict).toBe('confirmed');
      await check(id);
      await world.importPeople([{ id: 'b', email: 'b@example.com', spend: 1, plan: 'basic' }]);
      const before = world.sandbox.sftp.hostFingerprint;
      world.sandbox.sftp.changeHostKey();
      const now = world.sandbox.sftp.hostFingerprint;
      const files = world.sandbox.sftp.files();
      const run = await world.run(deliveryId);
      expect(run).toMatchObject({ verdict: 'failed', reason: expect.stringContaining('another host key') });
      const alarms = () =>
        receiver.requests
          .map(({ body }) => JSON.parse(body) as { subject: string; event: string; title: string; text: string })
          .filter(({ subject }) => subject === id);
      const [alarm] = await until(
        async () => alarms(),
        (list) => list.length > 0,
      );
      expect(alarm).toMatchObject({ event: 'alert.raised', title: 'sftp: not met: The host key is the pinned one' });
      expect(alarm?.text).toContain(now);
      expect((await connection(id)).status).toBe('stopped');
      expect((await refusal(`/v1/deliveries/${deliveryId}/runs`, {})).slice(0, 2)).toEqual([409, 'connection_stopped']);
      expect(world.sandbox.sftp.files()).toEqual(files);
      await world.ask('POST', `/v1/connections/${id}/confirm`, { prerequisite: 'host-key', value: now });
      expect((await audited(id, 'connection.confirm'))[0]?.detail).toEqual({
        prerequisite: 'host-key',
        from: before,
        to: now,
      });
      await until(
        async () => alarms(),
        (list) => list.some(({ event }) => event === 'alert.recovered'),
      );
      expect((await world.run(deliveryId)).verdict).toBe('confirmed');
    });

    it('is confirmed only as it was found, by somebody who may, and no longer shown as confirmed when it is typed over', async () => {
      const id = await unpinned();
      const path = `/v1/connections/${id}/confirm`;
      const value = world.sandbox.sftp.hostFingerprint;
      const body = { prerequisite: 'host-key', value };
      expect(await refusal(path, body)).toEqual([409, 'nothing_to_confirm', undefined]);
      await check(id);
      const other = { ...body, value: `SHA256:${'A'.repeat(43)}` };
      expect(await refusal(path, other)).toEqual([409, 'found_otherwise', undefined]);
      expect(await refusal(path, { ...body, prerequisite: 'login' })).toEqual([409, 'nothing_to_confirm', undefined]);
      expect((await refusal(path, { prerequisite: 'host-key' }))[0]).toBe(400);
      const viewer = await world.ask<{ key: string }>('POST', '/v1/api-keys', { name: 'onlooker', role: 'viewer' });
      const headers = { authorization: `Bearer ${viewer.key}` };
      expect((await world.reach.api('POST', path, body, headers)).status).toBe(403);
      await world.ask('POST', path, body);
      expect(await refusal(path, body)).toEqual([409, 'nothing_to_confirm', undefined]);
      const typed = await world.ask<Connection>('PATCH', `/v1/connections/${id}`, {
        settings: { hostKeySha256: other.value },
      });
      expect(typed.confirmed).toEqual({});
      expect((await refusal('/v1/connections/con_none/confirm', body))[0]).toBe(404);
    });
  });
});
