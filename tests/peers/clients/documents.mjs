// Documents that between them touch every root field and every connection of a schema.

import * as graphql from 'graphql';

const DEPTH = 2;
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const named = (member) => graphql.getNamedType(member.type);
const needed = (field) => field.args.filter(graphql.isRequiredArgument);
const takes = (field, ...names) => names.every((name) => field.args.some((argument) => argument.name === name));

function isConnection(field) {
  const type = named(field);
  return graphql.isObjectType(type) && type.name.endsWith('Connection') && takes(field, 'first', 'after');
}

// Everything that can be selected without arguments, down to a depth.
function selection(type, depth) {
  if (graphql.isLeafType(type)) return '';
  if (graphql.isUnionType(type)) {
    const members = type.getTypes().map((member) => `... on ${member.name} ${selection(member, 0)}`);
    return `{ __typename ${members.join(' ')} }`;
  }
  const fields = Object.values(type.getFields()).filter((field) => !needed(field).length);
  const chosen = fields.filter((field) => graphql.isLeafType(named(field)) || depth > 0);
  const selected = chosen.map((field) => {
    const page = isConnection(field) ? '(first: 5)' : '';
    return `${field.name}${page} ${selection(named(field), depth - 1)}`;
  });
  return `{ __typename ${selected.join(' ')} }`;
}

// One operation for each field of Query, Mutation and Subscription, with a variable for each required argument.
export function rootOperations(schema) {
  const roots = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() };
  return Object.entries(roots).flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {}).map((field) => {
      const name = `Peer${capital(field.name)}${capital(kind)}`;
      const page = isConnection(field) ? ['first: 5'] : [];
      const given = [...needed(field).map((argument) => `${argument.name}: $${argument.name}`), ...page];
      const variables = needed(field).map((argument) => `$${argument.name}: ${argument.type}`);
      const list = (items) => (items.length ? `(${items.join(', ')})` : '');
      const document = `${kind} ${name}${list(variables)} { ${field.name}${list(given)} ${selection(named(field), DEPTH)} }`;
      return { name, document };
    }),
  );
}

// One fragment for each connection, with the directives by which Relay makes it page: they work on Query and on nodes.
export function connectionFragments(schema) {
  const pages = (type) => type === schema.getQueryType() || type.getInterfaces().some(({ name }) => name === 'Node');
  const owners = Object.values(schema.getTypeMap()).filter((type) => graphql.isObjectType(type) && pages(type));
  return owners.flatMap((owner) =>
    Object.values(owner.getFields())
      .filter((field) => isConnection(field) && !needed(field).length)
      .map((field) => {
        const name = `Peer_${owner.name}${capital(field.name)}`;
        const query = `Peer${owner.name}${capital(field.name)}PaginationQuery`;
        const document = `fragment ${name} on ${owner.name}
          @argumentDefinitions(first: { type: "Int", defaultValue: 10 }, after: { type: "String" })
          @refetchable(queryName: "${query}") {
            ${field.name}(first: $first, after: $after) @connection(key: "${name}_${field.name}") {
              edges { node { __typename } }
            }
          }`;
        return { name, document };
      }),
  );
}
