"""GraphQL: executed by graphql-core over the part of GitLab's schema in `schema.graphql`, with GitLab's limits."""
