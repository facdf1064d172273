import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Middleware } from 'koa';
import { Type } from 'typebox';
import { accessBy } from '../http/access.ts';
import { describedRoutes, type Operation } from '../http/routes.ts';
import { type ApiInfo, openApiDocument } from './document.ts';

const assets = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const files: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'favicon-32x32.png': 'image/png',
};
const start = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#api', deepLinking: true, filter: true, defaultModelsExpandDepth: 0, docExpansion: 'list', validatorUrl: null });`;

const page = (title: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
</head>
<body>
<div id="api"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

/** Scripts and styles of ours only; the viewer writes style attributes. */
const policy: Middleware = async (ctx, next) => {
  ctx.set(
    'Content-Security-Policy',
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  );
  await next();
};

const anyone = accessBy({})('reference.read');

/** `/openapi.json`, and `/docs`, which shows it; nothing is loaded from elsewhere. */
export function referenceRoutes(info: ApiInfo, operations: readonly Operation[]): readonly Operation[] {
  const routes = describedRoutes({ tag: 'Reference', problems: {} });
  let document: unknown;
  routes.get(
    '/openapi.json',
    {
      id: 'readOpenApi',
      summary: 'This description, as OpenAPI 3.1',
      access: anyone,
      answers: { 200: { description: 'The document', body: Type.Object({}, { additionalProperties: true }) } },
    },
    (ctx) => {
      document ??= openApiDocument(info, [...operations, ...routes]);
      ctx.set('Cache-Control', 'public, max-age=300');
      ctx.body = document;
    },
  );
  routes.get(
    '/docs',
    {
      id: 'readReference',
      summary: 'This description, as a page to read and to try',
      access: anyone,
      around: [policy],
      answers: { 200: { description: 'The page', mediaType: 'text/html' } },
    },
    (ctx) => {
      ctx.type = 'html';
      ctx.body = page(info.title);
    },
  );
  routes.get(
    '/docs/:file',
    {
      id: 'readReferenceFile',
      summary: 'A file of that page',
      access: anyone,
      request: { params: Type.Object({ file: Type.String({ examples: ['swagger-ui.css'] }) }) },
      answers: {
        200: { description: 'The file', mediaType: '*/*' },
      },
      problems: ['route_not_found'],
    },
    async (ctx, { params: { file } }) => {
      const type = file === 'start.js' ? 'text/javascript' : files[file];
      if (type === undefined) return;
      ctx.set('Cache-Control', 'public, max-age=86400');
      ctx.type = type;
      ctx.body = file === 'start.js' ? start : await readFile(path.join(assets, file));
    },
  );
  return routes;
}
