// Does the schema suit typed front ends? Writes an operation for every root field and a paginated fragment for every
// connection, has them compiled by the Relay compiler and by GraphQL code generation (client preset), and has all that
// they wrote checked by `tsc --strict`.
//
// usage: node compilers.mjs SCHEMA.graphql

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { buildSchema, parse } from 'graphql';
import { connectionFragments, rootOperations } from './documents.mjs';
import { check, finish } from './report.mjs';

// As texts; a scalar that is not here fails the compilers, and its type belongs into this list.
const SCALARS = { Date: 'string', DateTime: 'string' };

const text = readFileSync(process.argv[2], 'utf8');
const schema = buildSchema(text);
const operations = rootOperations(schema);
const fragments = connectionFragments(schema);
const group = `compilers (${operations.length} operations, ${fragments.length} connections)`;
// Beside node_modules, where what is generated finds its imports; of its own, since another run may be under way.
const work = mkdtempSync(join(import.meta.dirname, 'work-'));

function run(program, ...args) {
  const script = join(import.meta.dirname, 'node_modules', '.bin', program);
  const { status, stdout, stderr, error } = spawnSync(script, args, { cwd: work, encoding: 'utf8' });
  assert.equal(status, 0, `${error ?? ''}${stdout}${stderr}`.slice(-1500));
}

function write(path, content) {
  const file = join(work, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
}

const readJson = (path) => JSON.parse(readFileSync(join(work, path), 'utf8'));
const sha256 = (document) => createHash('sha256').update(document).digest('hex');

// The hash is what `documentsRegister` answers for the text, SHA-256 of exactly that, bare or with its prefix.
function assertHashed(documents, count) {
  const entries = Object.entries(documents);
  assert.ok(entries.length >= count, `${entries.length} of ${count} documents`);
  for (const [hash, document] of entries) assert.equal(hash.replace(/^sha256:/, ''), sha256(document));
}

async function compileForRelay() {
  const tagged = [...operations, ...fragments].map(({ name, document }) => `export const ${name} = graphql\`${document}\`;`);
  write('schema.graphql', text);
  // Relay wants the names of operations to begin with the name of the file.
  write('relay/Peer.ts', `import { graphql } from 'relay-runtime';\n${tagged.join('\n')}\n`);
  write('persisted.json', '{}');
  const config = {
    src: './relay',
    schema: './schema.graphql',
    language: 'typescript',
    eagerEsModules: true,
    customScalarTypes: SCALARS,
    persistConfig: { file: './persisted.json', algorithm: 'SHA256' },
  };
  write('relay.json', JSON.stringify(config));
  run('relay-compiler', 'relay.json');
  assertHashed(readJson('persisted.json'), operations.length + fragments.length);
}

async function generateCode() {
  const documents = operations.map(({ name, document: rawSDL }) => {
    return { location: `${name}.graphql`, rawSDL, document: parse(rawSDL) };
  });
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: 'app/gql/',
    schema: parse(text),
    schemaAst: schema,
    documents,
    plugins: [],
    pluginMap: {},
    config: { strictScalars: true, scalars: SCALARS },
    presetConfig: { persistedDocuments: { hashAlgorithm: 'sha256' } },
  });
  // Together: the list of persisted documents waits for the operations.
  const files = await Promise.all(sections.map(async (section) => [section.filename, await codegen(section)]));
  for (const [path, content] of files) write(path, content);
  const uses = operations.map(({ name, document }) => `export const ${name} = graphql(\`${document}\`);`);
  write('app/operations.ts', `import { graphql } from './gql';\n${uses.join('\n')}\n`);
  assertHashed(readJson('app/gql/persisted-documents.json'), operations.length);
}

async function typeCheck() {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    // Whether the packages' own declarations suit each other is not for us to say.
    skipLibCheck: true,
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['app/**/*.ts', 'relay/**/*.ts'] }));
  run('tsc', '--project', 'tsconfig.json');
}

assert.ok(operations.length && fragments.length, 'nothing to compile');
try {
  await check(group, 'Relay', compileForRelay);
  await check(group, 'code generation', generateCode);
  await check(group, 'tsc --strict', typeCheck);
} finally {
  rmSync(work, { recursive: true, force: true });
}
finish();
