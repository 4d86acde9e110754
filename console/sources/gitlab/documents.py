"""Every GraphQL question we ask, checked against GitLab's schema by tests/contracts.

A line that ends in `#? Type.field` or `#? field(argument)` is optional: a server that does not know it gets the
document without that line. Pages are sized by variables, see paging.py.
"""

import re
from collections.abc import Collection

PIPELINE_FIELDS = """
fragment PipelineFields on Pipeline {
  id
  iid
  status
  ref
  refPath #? Pipeline.refPath
  sha
  source #? Pipeline.source
  name #? Pipeline.name
  duration
  queuedDuration #? Pipeline.queuedDuration
  createdAt
  updatedAt
  startedAt
  finishedAt
  failureReason #? Pipeline.failureReason
  user { username }
}
"""

PROJECT_FIELDS = (
    """
fragment ProjectFields on Project {
  id
  fullPath
  webUrl
  archived
  repository { rootRef }
  statistics {
    storageSize
    repositorySize
    buildArtifactsSize
    containerRegistrySize #? ProjectStatistics.containerRegistrySize
  }
  pipelines(first: $each) { nodes { ...PipelineFields } }
}
"""
    + PIPELINE_FIELDS
)

FLEET = (
    """
query Fleet($group: ID!, $first: Int!, $after: String, $each: Int!) {
  queryComplexity { score limit }
  group(fullPath: $group) {
    projects(
      includeSubgroups: true
      includeArchived: false #? projects(includeArchived)
      first: $first
      after: $after
    ) {
      count
      pageInfo { endCursor hasNextPage }
      nodes { ...ProjectFields }
    }
  }
}
"""
    + PROJECT_FIELDS
)

MEMBER_PROJECTS = (
    """
query MemberProjects($first: Int!, $after: String, $each: Int!) {
  queryComplexity { score limit }
  projects(
    membership: true
    archived: EXCLUDE #? projects(archived)
    first: $first
    after: $after
  ) {
    count
    pageInfo { endCursor hasNextPage }
    nodes { ...ProjectFields }
  }
}
"""
    + PROJECT_FIELDS
)

PIPELINES = (
    """
query Pipelines($path: ID!, $first: Int!, $after: String, $updatedAfter: Time) {
  queryComplexity { score limit }
  project(fullPath: $path) {
    pipelines(first: $first, after: $after, updatedAfter: $updatedAfter) {
      pageInfo { endCursor hasNextPage }
      nodes { ...PipelineFields }
    }
  }
}
"""
    + PIPELINE_FIELDS
)

PIPELINE_JOBS = """
query PipelineJobs($path: ID!, $iid: ID!, $first: Int!, $after: String) {
  queryComplexity { score limit }
  project(fullPath: $path) {
    pipeline(iid: $iid) {
      id
      jobs(first: $first, after: $after) {
        pageInfo { endCursor hasNextPage }
        nodes {
          id
          name
          status
          kind #? CiJob.kind
          retried #? CiJob.retried
          allowFailure
          refName
          tags
          duration
          queuedDuration #? CiJob.queuedDuration
          createdAt
          startedAt
          finishedAt
          schedulingType #? CiJob.schedulingType
          stage { name }
          needs { nodes { name } }
          runner { id description } #? CiJob.runner
          downstreamPipeline { id } #? CiJob.downstreamPipeline
        }
      }
    }
  }
}
"""
"""Asks no `retried` argument, so every attempt comes; REST tells the failure reason, which GraphQL does not."""

_RUNNER_FIELDS = """
fragment RunnerFields on CiRunner {
  id
  description
  runnerType
  status
  paused
  tagList
  runUntagged
  contactedAt
  managers(first: 1) { nodes { version contactedAt } } #? CiRunner.managers
}
"""

RUNNERS = (
    """
query Runners($first: Int!, $after: String) {
  queryComplexity { score limit }
  runners(first: $first, after: $after) {
    pageInfo { endCursor hasNextPage }
    nodes { ...RunnerFields }
  }
}
"""
    + _RUNNER_FIELDS
)

GROUP_RUNNERS = (
    """
query GroupRunners($path: ID!, $first: Int!, $after: String) {
  queryComplexity { score limit }
  group(fullPath: $path) {
    runners(
      membership: ALL_AVAILABLE #? runners(membership)
      first: $first
      after: $after
    ) {
      pageInfo { endCursor hasNextPage }
      nodes { ...RunnerFields }
    }
  }
}
"""
    + _RUNNER_FIELDS
)

PROJECT_RUNNERS = (
    """
query ProjectRunners($path: ID!, $first: Int!, $after: String) {
  queryComplexity { score limit }
  project(fullPath: $path) {
    runners(first: $first, after: $after) {
      pageInfo { endCursor hasNextPage }
      nodes { ...RunnerFields }
    }
  }
}
"""
    + _RUNNER_FIELDS
)

WHO = """
query Who {
  queryComplexity { score limit }
  currentUser { username }
}
"""

DOCUMENTS = (FLEET, MEMBER_PROJECTS, PIPELINES, PIPELINE_JOBS, RUNNERS, GROUP_RUNNERS, PROJECT_RUNNERS, WHO)
"""All but `named_projects`, which is as long as what it asks for."""


def named_projects(number: int) -> str:
    """A document that asks for `number` projects in one request: variables `p0`, `p1`, … and `each`.

    `projects(fullPaths:)` would say the same, but came long after GitLab 15.11.
    """
    wanted = range(number)
    variables = "".join(f", $p{index}: ID!" for index in wanted)
    fields = "".join(f"  p{index}: project(fullPath: $p{index}) {{ ...ProjectFields }}\n" for index in wanted)
    return (
        f"query Projects($each: Int!{variables}) {{\n  queryComplexity {{ score limit }}\n{fields}}}\n{PROJECT_FIELDS}"
    )


_OPTIONAL = re.compile(r"^.*#\? (\S+)$\n?", re.MULTILINE)


def optional(document: str) -> frozenset[str]:
    """What may be left out of `document`, as `Type.field` or `field(argument)`."""
    return frozenset(_OPTIONAL.findall(document))


def without(document: str, unknown: Collection[str]) -> str:
    """`document` without the optional lines the server does not know, and without marks."""
    kept = _OPTIONAL.sub(lambda line: "" if line[1] in unknown else line[0], document)
    return re.sub(r" *#\? \S+$", "", kept, flags=re.MULTILINE)
