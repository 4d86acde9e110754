"""GitLab: GraphQL for the fleet, REST for single objects, lists that GraphQL lacks, and logs.

source.GitLabSource is the one door. wire.py does the requests, errors.py reads refusals, graphql.py and lists.py ask,
read.py and nouns.py turn answers into nouns; documents.py holds every GraphQL question.
"""

from .examine import GitLabFacts
from .source import GitLabSource

__all__ = ["GitLabFacts", "GitLabSource"]
