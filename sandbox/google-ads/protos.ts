import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type grpc from '@grpc/grpc-js';
import { fromJSON, loadSync, type Options, type PackageDefinition } from '@grpc/proto-loader';

const require = createRequire(import.meta.url);
const V25 = 'google.ads.googleads.v25';
const FOLDER = V25.replaceAll('.', '/');
const FILES = [
  'services/user_list_service',
  'services/offline_user_data_job_service',
  'resources/customer',
  'errors/errors',
].map((name) => `${FOLDER}/${name}.proto`);
const OPTIONS: Options = { keepCase: true, longs: String, enums: String, oneofs: true };

/**
 * GoogleAdsService.Search with only the rows that matter here. The real file pulls in every resource of Google Ads,
 * which costs most of a second; a message field and a `bytes` field are the same on the wire.
 */
const SEARCH = {
  nested: {
    GoogleAdsService: {
      methods: { Search: { requestType: 'SearchGoogleAdsRequest', responseType: 'SearchGoogleAdsResponse' } },
    },
    SearchGoogleAdsRequest: {
      fields: { customer_id: { type: 'string', id: 1 }, query: { type: 'string', id: 2 } },
    },
    SearchGoogleAdsResponse: {
      fields: {
        results: { rule: 'repeated', type: 'GoogleAdsRow', id: 1 },
        total_results_count: { type: 'int64', id: 3 },
      },
    },
    GoogleAdsRow: {
      fields: {
        customer: { type: 'bytes', id: 1 },
        user_list: { type: 'bytes', id: 38 },
        offline_user_data_job: { type: 'bytes', id: 137 },
      },
    },
  },
};

type Serializer = { serialize(value: object): Buffer };

export interface AdsProtos {
  services: { userLists: grpc.ServiceDefinition; jobs: grpc.ServiceDefinition; search: grpc.ServiceDefinition };
  /** Bytes of a message, by its name below `google.ads.googleads.v25`, e.g. `errors.GoogleAdsFailure`. */
  encode(name: string, value: object): Buffer;
}

let loaded: AdsProtos | undefined;

/** Google's own protocol files, read once a process from the packages that ship them. */
export function loadProtos(): AdsProtos {
  if (loaded) return loaded;
  const ads = createRequire(require.resolve('google-ads-api'));
  const includeDirs = ['google-ads-node', 'google-gax'].map((name) => join(dirname(ads.resolve(name)), '../protos'));
  const files = loadSync(FILES, { ...OPTIONS, includeDirs });
  const search = fromJSON(nest(`${V25}.services`, SEARCH), OPTIONS);
  const service = (definition: PackageDefinition, name: string) =>
    definition[`${V25}.services.${name}`] as unknown as grpc.ServiceDefinition;
  loaded = {
    services: {
      userLists: service(files, 'UserListService'),
      jobs: service(files, 'OfflineUserDataJobService'),
      search: service(search, 'GoogleAdsService'),
    },
    encode: (name, value) => (files[`${V25}.${name}`] as unknown as Serializer).serialize(value),
  };
  return loaded;
}

function nest(path: string, inner: object): object {
  return path.split('.').reduceRight<object>((value, name) => ({ nested: { [name]: value } }), inner);
}
