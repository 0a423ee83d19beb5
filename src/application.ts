import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { type INestApplication, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import type { Settings } from '../config/settings.ts';
import { AppModule } from './app.module.ts';
import type { Clock } from './engines/clock.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { withRequestContext } from './http/request-context.ts';
import { validationPipe } from './http/validation.ts';
import { PinoLogger } from './operations/logger.ts';

// V8 may end the process when it frees compiled WebAssembly, which PGlite and `fetch` use:
// https://github.com/nodejs/node/issues/64500
setFlagsFromString('--no-wasm-code-gc');

const CONSOLE = fileURLToPath(new URL('../console', import.meta.url));

/** Builds the service without listening: `main.ts` and the end-to-end tests share it. */
export async function createApplication(
  settings: Settings,
  options: { clock?: Clock; logger?: LoggerService } = {},
): Promise<NestExpressApplication> {
  const logger = options.logger ?? new PinoLogger(settings.REACH_LOG_LEVEL);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(settings, options.clock), {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  app.set('trust proxy', settings.REACH_TRUSTED_PROXIES);
  if (settings.REACH_ROLE === 'worker') app.use(onlyForOperators);
  app.use(withRequestContext);
  // answers hold people's data and secrets that are shown once: no cache keeps them
  app.use(['/v1', '/metrics'], (_request: Request, response: Response, next: NextFunction) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          'script-src': ["'self'"],
          'style-src': ["'self'", "'unsafe-inline'"],
          'img-src': ["'self'", 'data:'],
          'upgrade-insecure-requests': null,
        },
      },
    }),
  );
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter());
  app.enableShutdownHooks();
  serveDocs(app);
  serveConsole(app);
  return app;
}

/** A worker answers health checks and metrics, nothing else. */
function onlyForOperators(request: Request, response: Response, next: NextFunction): void {
  if (/^\/(health|metrics)(\/|$)/.test(request.path)) next();
  else response.status(404).type('text/plain').send('This process is a worker: it answers /health and /metrics.\n');
}

function serveDocs(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Reach')
    .setDescription(
      'Predictive personas, and audiences split by persona, delivered with proof. Errors are RFC 9457 problem details.',
    )
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth()
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config), {
    jsonDocumentUrl: 'docs/openapi.json',
  });
}

/** The console is one page; every path that is not the API's belongs to it. */
function serveConsole(app: NestExpressApplication): void {
  if (!existsSync(`${CONSOLE}/index.html`)) return;
  // names of assets change with their content; the page that names them must always be asked for
  app.useStaticAssets(`${CONSOLE}/assets`, { prefix: '/assets', immutable: true, maxAge: '1y' });
  app.useStaticAssets(CONSOLE, { index: 'index.html', maxAge: 0 });
  app.use((request: Request, response: Response, next: NextFunction) => {
    const isPage =
      request.method === 'GET' &&
      request.accepts(['json', 'html']) === 'html' &&
      !/^\/(v1|docs|health|metrics)(\/|$)/.test(request.path);
    if (isPage) response.sendFile(`${CONSOLE}/index.html`);
    else next();
  });
}
