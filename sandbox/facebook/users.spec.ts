import { codes, emails, GraphClient, hash, newSession, session } from './spec-support.ts';

let client: GraphClient;

beforeAll(async () => {
  client = await GraphClient.start();
});
afterEach(() => {
  client.sandbox.reset();
});
afterAll(async () => {
  await client.sandbox.close();
});

describe('adding and removing people', () => {
  it('keeps distinct rows and counts what it received in a session', async () => {
    const id = await client.createAudience();
    const first = session(1, false);
    const one = await client.send('POST', `/${id}/users`, { session: first, payload: emails('a', 'b') });
    expect(one.body).toMatchObject({ audience_id: id, session_id: String(first.session_id), num_received: 2 });
    const second = session(2, true, first.session_id);
    const two = await client.send('POST', `/${id}/users`, { session: second, payload: emails('b', 'c') });
    expect(two.body).toMatchObject({ num_received: 4, num_invalid_entries: 0 });
    expect(client.sandbox.facebook.values(id, 'EMAIL')).toEqual(new Set(['a', 'b', 'c'].map(hash)));
    const { body } = await client.send('GET', `/${id}/sessions?session_id=${first.session_id}`);
    expect(body.data).toMatchObject([{ num_received: '4', num_matched: '-1', progress: '100', stage: 'completed' }]);
  });

  it('removes by the full tuple or a part of it, by POST with method=DELETE or by DELETE', async () => {
    const id = await client.createAudience();
    const payload = {
      schema: ['EMAIL', 'PHONE', 'EXTERN_ID'],
      data: [
        [hash('a'), hash('1'), 'x1'],
        [hash('b'), hash('2'), 'x2'],
        [hash('c'), '', 'x3'],
      ],
    };
    await client.send('POST', `/${id}/users`, { session: session(), payload });
    const whole = { schema: payload.schema, data: payload.data.slice(0, 1) };
    await client.send('POST', `/${id}/users`, { method: 'DELETE', session: session(), payload: whole });
    expect(client.sandbox.facebook.members(id).size).toBe(2);
    const byId = encodeURIComponent(JSON.stringify({ schema: ['EXTERN_ID'], data: [['x2']] }));
    await client.send('DELETE', `/${id}/users?payload=${byId}`);
    expect(client.sandbox.facebook.values(id, 'EXTERN_ID')).toEqual(new Set(['x3']));
    const more = { schema: ['EMAIL', 'PHONE'], data: [[hash('c'), hash('other')]] };
    await client.send('POST', `/${id}/users`, { method: 'DELETE', session: session(), payload: more });
    expect(client.sandbox.facebook.members(id).size).toBe(1);
  });

  it('has no room for many people in a URL', async () => {
    const id = await client.createAudience();
    const people = Array.from({ length: 300 }, (_, i) => `p${i}`);
    const payload = encodeURIComponent(JSON.stringify(emails(...people)));
    expect((await client.send('DELETE', `/${id}/users?payload=${payload}`)).status).toBe(431);
  });

  it('counts malformed hashes without refusing the request', async () => {
    const id = await client.createAudience();
    const payload = {
      schema: ['EMAIL', 'PHONE'],
      data: [
        [hash('a'), 'zz'],
        [hash('B').toUpperCase(), ''],
        ['', ''],
        [hash('d'), hash('1')],
      ],
    };
    const { status, body } = await client.send('POST', `/${id}/users`, { session: session(), payload });
    expect(status).toBe(200);
    expect(body).toMatchObject({ num_received: 4, num_invalid_entries: 3 });
    expect(client.sandbox.facebook.members(id)).toEqual(
      new Set([`EMAIL=${hash('a')}`, `EMAIL=${hash('d')}|PHONE=${hash('1')}`]),
    );
    expect(client.sandbox.violations.map(({ kind }) => kind)).toContain('upper-case-hash');
  });

  it('records raw identifiers and hashes of nothing as violations', async () => {
    const id = await client.createAudience();
    const data = [
      ['ada@example.com', '15551234567', 'Ada'],
      [hash(''), '', ''],
    ];
    await client.send('POST', `/${id}/users`, {
      session: session(),
      payload: { schema: ['EMAIL', 'PHONE', 'FN'], data },
    });
    const kinds = client.sandbox.violations.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['raw-email', 'raw-value', 'hash-of-nothing']));
    expect(client.sandbox.journal.containing('ada@example.com')).toHaveLength(1);
  });

  it('takes plain external ids and mobile ids, and limited data use', async () => {
    const id = await client.createAudience();
    const payload = {
      schema: ['MADID', 'EXTERN_ID', 'DATA_PROCESSING_OPTIONS'],
      data: [
        ['ab1234cd-e123-12fg-j123-000000000000', 'c1', ['LDU']],
        ['', 'c2', []],
      ],
    };
    const { body } = await client.send('POST', `/${id}/users`, { session: session(), payload });
    expect(body).toMatchObject({ num_received: 2, num_invalid_entries: 0 });
    expect(client.sandbox.facebook.values(id, 'EXTERN_ID')).toEqual(new Set(['c1', 'c2']));
  });

  it.each([
    ['an unknown key', { schema: ['E_MAIL'], data: [[hash('a')]] }],
    ['a key named twice', { schema: ['EMAIL', 'EMAIL'], data: [[hash('a'), hash('a')]] }],
    ['rows of another length', { schema: ['EMAIL', 'PHONE'], data: [[hash('a')]] }],
    ['no rows', { schema: ['EMAIL'], data: [] }],
    ['more than 10,000 rows', { schema: ['EMAIL'], data: Array.from({ length: 10_001 }, () => [hash('a')]) }],
    ['a value column on a plain list', { schema: ['EMAIL', 'LOOKALIKE_VALUE'], data: [[hash('a'), 1]] }],
  ])('refuses %s', async (_, payload) => {
    const id = await client.createAudience();
    const answer = await client.send('POST', `/${id}/users`, { session: session(), payload });
    expect(codes(answer)).toEqual([100, undefined]);
    expect(client.sandbox.facebook.members(id).size).toBe(0);
  });

  it.each([
    ['no session', undefined, [100, undefined]],
    ['a session id of 0', { ...session(), session_id: 0 }, [100, undefined]],
    ['a batch number of 0', session(0), [100, undefined]],
    ['no last flag', { session_id: 5, batch_seq: 1 }, [100, undefined]],
    ['a session that starts at batch 2', session(2), [2650, 1870147]],
  ])('refuses %s', async (_, given, expected) => {
    const id = await client.createAudience();
    expect(codes(await client.send('POST', `/${id}/users`, { session: given, payload: emails('a') }))).toEqual(
      expected,
    );
  });

  it('keeps a session to one audience, one schema, one order and 90 minutes', async () => {
    const [id, other] = [await client.createAudience(), await client.createAudience()];
    const sid = newSession();
    await client.send('POST', `/${id}/users`, { session: session(1, false, sid), payload: emails('a') });
    const send = (audience: string, seq: number, payload: object) =>
      client.send('POST', `/${audience}/users`, { session: session(seq, false, sid), payload });
    expect(codes(await send(other, 2, emails('b')))).toEqual([100, undefined]);
    expect(codes(await send(id, 2, { schema: ['PHONE'], data: [[hash('1')]] }))).toEqual([100, undefined]);
    expect(codes(await send(id, 3, emails('b')))).toEqual([100, undefined]);
    client.sandbox.clock.advance(91 * 60_000);
    expect(codes(await send(id, 2, emails('b')))).toEqual([2650, 1870158]);
  });

  it('takes the same batch again without effect, and nothing new after the last', async () => {
    const id = await client.createAudience();
    const sid = newSession();
    const first = { session: session(1, false, sid), payload: emails('a') };
    const last = { session: session(2, true, sid), payload: emails('b') };
    for (const body of [first, first, last, last]) {
      expect((await client.send('POST', `/${id}/users`, body)).status).toBe(200);
    }
    const { body } = await client.send('GET', `/${id}/sessions?session_id=${sid}`);
    expect(body.data).toMatchObject([{ num_received: '2' }]);
    const late = { session: session(3, true, sid), payload: emails('c') };
    expect(codes(await client.send('POST', `/${id}/users`, late))).toEqual([2650, 1870159]);
    await client.send('POST', `/${id}/users`, { ...first, payload: emails('z') });
    expect(client.sandbox.violations).toMatchObject([{ kind: 'changed-repeat' }]);
  });

  it('does not mix string and array schemas on one audience', async () => {
    const id = await client.createAudience();
    await client.send('POST', `/${id}/users`, { session: session(), payload: emails('a') });
    const single = { schema: 'EMAIL_SHA256', data: [hash('b')] };
    const answer = await client.send('POST', `/${id}/users`, { session: session(), payload: single });
    expect(codes(answer)).toEqual([2650, undefined]);
    expect(answer.body.error.message).toContain('FILE_IMPORTED.MULTI_HASHES');
  });

  it('wants values on a value-based audience', async () => {
    const id = await client.createAudience({ is_value_based: true });
    expect(codes(await client.send('POST', `/${id}/users`, { session: session(), payload: emails('a') }))).toEqual([
      100,
      undefined,
    ]);
    const payload = {
      schema: ['EMAIL', 'LOOKALIKE_VALUE'],
      data: [
        [hash('a'), 44.5],
        [hash('b'), 0],
      ],
    };
    const good = await client.send('POST', `/${id}/users`, { session: session(), payload });
    expect(good.body.num_invalid_entries).toBe(0);
    await client.send('POST', `/${id}/users`, { method: 'DELETE', session: session(), payload });
    expect(client.sandbox.facebook.members(id).size).toBe(0);
  });

  it('refuses a removal that would leave too few people, when told to', async () => {
    client.sandbox.facebook.options.smallestAfterRemoval = 2;
    const id = await client.createAudience();
    await client.send('POST', `/${id}/users`, { session: session(), payload: emails('a', 'b') });
    const removal = { method: 'DELETE', session: session(), payload: emails('a') };
    expect(codes(await client.send('POST', `/${id}/users`, removal))).toEqual([200, 1870047]);
    expect(client.sandbox.facebook.members(id).size).toBe(2);
  });

  it('removes people from every customer list of the account', async () => {
    const ids = [await client.createAudience(), await client.createAudience()];
    for (const id of ids) await client.send('POST', `/${id}/users`, { session: session(), payload: emails('a', 'b') });
    await client.send('DELETE', `${client.account}/usersofanyaudience`, { payload: emails('a') });
    expect(ids.map((id) => [...client.sandbox.facebook.values(id, 'EMAIL')])).toEqual([[hash('b')], [hash('b')]]);
  });
});

describe('replacing everyone', () => {
  async function filled(): Promise<string> {
    const id = await client.createAudience();
    await client.send('POST', `/${id}/users`, { session: session(), payload: emails('old', 'both') });
    return id;
  }
  const replace = (id: string, body: object) => client.send('POST', `/${id}/usersreplace`, body);

  it('swaps the list on the last batch and blocks other changes meanwhile', async () => {
    const id = await filled();
    const sid = newSession();
    await replace(id, { session: session(1, false, sid), payload: emails('both') });
    expect(client.sandbox.facebook.audiences()[0]?.status).toBe(414);
    expect(client.sandbox.facebook.values(id, 'EMAIL').has(hash('old'))).toBe(true);
    expect(codes(await client.send('POST', `/${id}/users`, { session: session(), payload: emails('x') }))).toEqual([
      2650, 1870145,
    ]);
    expect(codes(await replace(id, { session: session(), payload: emails('x') }))).toEqual([2650, 1870145]);
    const last = { session: session(2, true, sid), payload: emails('new') };
    expect((await replace(id, last)).status).toBe(200);
    expect(client.sandbox.facebook.values(id, 'EMAIL')).toEqual(new Set(['both', 'new'].map(hash)));
    expect(codes(await replace(id, last))).toEqual([2650, 1870159]);
  });

  it('never takes a second first batch, and allows repeats of the others', async () => {
    const id = await filled();
    const sid = newSession();
    const first = { session: session(1, false, sid), payload: emails('a') };
    await replace(id, first);
    expect(codes(await replace(id, first))).toEqual([2650, 1870145]);
    const other = { session: session(7, false, sid), payload: emails('b') };
    expect((await replace(id, other)).body.num_received).toBe(2);
    expect((await replace(id, other)).body.num_received).toBe(2);
  });

  it('needs batch 1 first', async () => {
    const id = await filled();
    expect(codes(await replace(id, { session: session(2), payload: emails('a') }))).toEqual([2650, 1870147]);
  });

  it('ends after 90 minutes with what was sent', async () => {
    const id = await filled();
    const sid = newSession();
    await replace(id, { session: session(1, false, sid), payload: emails('a') });
    client.sandbox.clock.advance(91 * 60_000);
    expect(codes(await replace(id, { session: session(2, true, sid), payload: emails('b') }))).toEqual([2650, 1870158]);
    expect(client.sandbox.facebook.values(id, 'EMAIL')).toEqual(new Set([hash('a')]));
    expect((await client.send('GET', `/${id}?fields=operation_status`)).body.operation_status.code).toBe(200);
  });
});

describe('rows that a test has refused', () => {
  it('are counted without being named, in the answer and in the session', async () => {
    const id = await client.createAudience();
    Object.assign(client.sandbox.facebook.options, { poison: [hash('bad')], refuseRows: 1 });
    const given = session();
    const body = { session: given, payload: emails('first', 'bad', 'good') };
    for (const _ of ['sent', 'sent again']) {
      const answer = await client.send('POST', `/${id}/users`, body);
      expect(answer.body).toMatchObject({ num_received: 3, num_invalid_entries: 2, invalid_entry_samples: {} });
    }
    expect(client.sandbox.facebook.values(id, 'EMAIL')).toEqual(new Set([hash('good')]));
    const read = await client.send('GET', `/${id}/sessions?session_id=${given.session_id}`);
    expect(read.body.data).toMatchObject([{ num_invalid_entries: '2' }]);
  });
});
