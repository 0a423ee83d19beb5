import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import nock from 'nock';
import { AUDIENCE, BASE, openFacebook, segment, uploadOf } from './test-environment.ts';

const MARK = '[reach:e9406e1eb843]';

describe('a lookalike for each persona', () => {
  let facebook: ReturnType<typeof openFacebook>;
  const graph = () => nock(BASE);
  const options = { lookalikeCountry: 'US', lookalikeRatio: 0.03 };
  const seed = (ids: string[] | undefined) =>
    graph()
      .get(`/v26.0/${AUDIENCE}`)
      .query({ fields: 'lookalike_audience_ids' })
      .reply(200, { id: AUDIENCE, ...(ids ? { lookalike_audience_ids: ids } : {}) });

  beforeAll(() => nock.disableNetConnect());
  beforeEach(() => {
    facebook = openFacebook();
  });
  afterEach(async () => {
    await facebook.destination.close();
    const unused = nock.pendingMocks();
    nock.cleanAll();
    expect(unused).toEqual([]);
  });
  afterAll(() => nock.restore());

  it('is made when members were added, and named after its seed', async () => {
    seed(undefined);
    let mark = '';
    graph()
      .post('/v26.0/act_42/customaudiences', (body) => {
        mark = body.description;
        return true;
      })
      .reply(200, { id: '7' });
    expect(await facebook.destination.finish(uploadOf({ options }))).toMatchObject({ warnings: [] });
    seed(['7']);
    graph().get('/v26.0/7').query({ fields: 'id,description' }).reply(200, { id: '7', description: mark });
    await facebook.destination.finish(uploadOf({ options }));
  });

  it('is asked for in these words', async () => {
    seed([]);
    graph()
      .post('/v26.0/act_42/customaudiences', {
        name: `${segment.name} (lookalike US 3 %)`,
        description: `People like those of ${segment.name}. ${MARK}`,
        subtype: 'LOOKALIKE',
        origin_audience_id: AUDIENCE,
        lookalike_spec: { country: 'US', ratio: 0.03 },
      })
      .reply(200, { id: '7' });
    await facebook.destination.finish(uploadOf({ options }));
  });

  it('is a matter of a warning when Meta refuses it, since small seeds grow', async () => {
    seed([]);
    graph()
      .post('/v26.0/act_42/customaudiences')
      .reply(400, { error: { message: 'Too small', type: 'OAuthException', code: 100, fbtrace_id: 'T' } });
    const { warnings } = await facebook.destination.finish(uploadOf({ options }));
    expect(warnings).toEqual([expect.stringContaining('tried again after the next upload')]);
  });

  it('is not made after removals, nor when nobody asked for it', async () => {
    await facebook.destination.finish(uploadOf({ options, direction: 'remove' }));
    await facebook.destination.finish(uploadOf());
    expect(facebook.calls).toEqual([]);
  });
});
