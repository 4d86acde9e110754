"""Starting pipelines by hand."""

from ...world.changes import branch
from ...world.dice import sha1_like
from ...world.nouns import Project
from ...world.people import OPERATOR
from ...world.rhythm import Start, slots
from ..call import Call


def open_branches(call: Call, project: Project) -> list[str]:
    """Names of the branches that exist now, the default one first."""
    second, calendar = call.now - call.server.world.origin, call.timeline.calendar
    names = [branch(calendar, project, second, slot).name for slot in range(slots(project))]
    return list(dict.fromkeys([project.default_branch, *names]))


def start_of(call: Call, project: Project, ref: str) -> Start | None:
    """The beginning of a pipeline that the operator asks for; None when there is no such branch or tag."""
    tags = {one.ref for one in call.timeline.pipelines(project.index, call.now) if one.tag}
    if ref not in tags and ref not in open_branches(call, project):
        return None
    kind = "default" if ref == project.default_branch else "tag" if ref in tags else "branch"
    second = int(call.now - call.server.world.origin - 0.25)
    sha = next(
        (one.sha for one in call.timeline.pipelines(project.index, call.now) if one.ref == ref),
        sha1_like(call.server.world.seed, project.path, ref),
    )
    return Start(second, kind, "api", ref, sha, "0" * 40, OPERATOR, "Run by the operator")
