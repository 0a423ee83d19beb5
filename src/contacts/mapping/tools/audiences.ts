import type { Tool } from './tool.ts';

export const META_LIST: Tool = {
  slug: 'meta',
  title: "Meta's customer list",
  ownIds: true,
  marks: ['fn', 'ln', 'ct', 'st', 'dob', 'doby', 'gen', 'madid', 'uid', 'extern_id', 'page_uid'],
  needs: 4,
  columns: {
    ct: 'city',
    st: 'region',
    gen: 'gender',
    dob: 'birthDate',
    doby: 'birthYear',
    uid: 'id',
    extern_id: 'id',
    page_uid: 'other',
    value: 'plain',
    lookalike_value: 'plain',
  },
};

export const LIVERAMP: Tool = {
  slug: 'liveramp',
  title: 'LiveRamp',
  ownIds: true,
  marks: [
    'FIRSTNAME',
    'LASTNAME',
    'ADDRESS1',
    'EMAIL1',
    'EMAIL2',
    'EMAIL3',
    'PHONE1',
    'PHONE2',
    'PHONE3',
    'CLIENT_CUSTOMER_ID',
  ],
  needs: 5,
  columns: { CLIENT_CUSTOMER_ID: 'id', PERSONA: 'ignore' },
};

/** What Reach's own file deliveries say of a segment: no trait of a person, and stale with the next version. */
export const REACH: Tool = {
  slug: 'reach',
  title: "Reach's own file",
  ownIds: true,
  sure: ['persona_key'],
  columns: {
    persona_key: 'ignore',
    persona_name: 'ignore',
    persona_summary: 'ignore',
    persona_tone: 'ignore',
    persona_offer: 'ignore',
    persona_messages: 'ignore',
    persona_creatives: 'ignore',
    segment_name: 'ignore',
    creative_id: 'ignore',
    creative_headline: 'ignore',
    creative_body: 'ignore',
    creative_imageUrl: 'ignore',
    creative_callToAction: 'ignore',
    creative_linkUrl: 'ignore',
  },
};
