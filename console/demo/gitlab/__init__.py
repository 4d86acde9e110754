"""GitLab's REST and GraphQL over the simulated world, as its contract says: shapes, paging, errors, limits."""
