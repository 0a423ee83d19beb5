import { Injectable } from '@nestjs/common';
import { facebookKeys } from '../../connectors/facebook/match-keys.ts';
import { googleKeys } from '../../connectors/google/match-keys.ts';
import { keyMatcher, type Profile } from '../identity/profile.ts';
import type { MatchKeysPreviewDto, PreviewDestination, PreviewMatchKeysDto } from './match-keys.dto.ts';

const PROFILES: Record<PreviewDestination, Profile> = { facebook: facebookKeys, google: googleKeys };

/** Shows what would be sent of people, without storing or sending anything. */
@Injectable()
export class MatchKeysService {
  preview(request: PreviewMatchKeysDto): MatchKeysPreviewDto {
    const { defaultCountry, phoneValidation } = request;
    const match = keyMatcher(PROFILES[request.destination], {
      defaultCountry,
      phoneValidation,
      keepDigestOfEmpty: true,
    });
    return { results: request.contacts.map((contact) => ({ id: contact.id, keys: match(contact) })) };
  }
}
