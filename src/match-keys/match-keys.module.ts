import { Module } from '@nestjs/common';
import { MatchKeysController } from './match-keys.controller.ts';
import { MatchKeysService } from './match-keys.service.ts';

/** The preview of match keys. */
@Module({ controllers: [MatchKeysController], providers: [MatchKeysService] })
export class MatchKeysModule {}
