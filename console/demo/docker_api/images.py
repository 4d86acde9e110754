"""`/images/json` and `/images/{name}/json`: the images that containers run, and what builds have left behind."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from console.demo.docker_api.answers import ApiError, json, nano
from console.demo.docker_api.asked import Body, filters, labelled, one_of
from console.demo.docker_api.engine import Engine, hex_id
from console.demo.docker_api.versions import NEWEST
from console.demo.world.dice import share

_FILTERS = frozenset(("before", "dangling", "label", "reference", "since", "until"))
_MEBI = 1024 * 1024
_DAY = 86_400
_DANGLING = 9
_SIZES_MB = {
    "agent-docker": 2300,
    "agent-brain": 1450,
    "llm-platform": 1180,
    "redis": 117,
    "haproxy": 103,
    "buildkit": 206,
}


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the engine; `reference` is `<none>` when a newer one took its tag."""

    id: str
    reference: str
    created_at: float
    size: int
    containers: int
    labels: dict[str, str]


def image_id(reference: str) -> str:
    """`sha256:` and 64 hexadecimal digits."""
    return f"sha256:{hex_id('image', reference)}"


def size_bytes(reference: str) -> int:
    """Of all layers; those named in the product's targets are as large as they were measured."""
    known = (size for name, size in _SIZES_MB.items() if name in reference)
    return int(next(known, 180 + 700 * share("image", reference)) * _MEBI)


def command_of(reference: str) -> list[str]:
    """What an image starts."""
    name = reference.rpartition("/")[2].partition(":")[0]
    known = {
        "redis": ["docker-entrypoint.sh", "redis-server"],
        "haproxy": ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"],
        "gitlab-runner": ["/usr/bin/dumb-init", "/entrypoint", "run"],
        "prometheus": ["/bin/prometheus", "--config.file=/etc/prometheus/prometheus.yml"],
        "buildkit": ["buildkitd"],
        "opentelemetry-collector": ["/otelcol", "--config", "/etc/otelcol/config.yaml"],
    }
    return known.get(name, ["python", "-m", name.replace("-", "_")])


def images(engine: Engine) -> list[Image]:
    """Every image, newest first."""
    found: dict[str, Image] = {}
    for one in reversed(engine.containers()):
        reference, before = one.noun.image, found.get(one.noun.image)
        created = before.created_at if before else one.noun.created_at - 1800 - _DAY * share("built", reference)
        count = before.containers + 1 if before else 1
        found[reference] = Image(image_id(reference), reference, created, size_bytes(reference), count, {})
    return sorted([*found.values(), *_dangling(engine)], key=lambda image: -image.created_at)


def _dangling(engine: Engine) -> list[Image]:
    """What rebuilt tags left: one about every other day."""
    found = []
    for number in range(_DANGLING):
        born = engine.world.start - (number * 2 + share("dangling", number)) * _DAY
        size = int((300 + 1900 * share("dangling size", number)) * _MEBI)
        found.append(Image(image_id(f"dangling {number}"), "<none>", born, size, 0, {"stage": "build"}))
    return [image for image in found if image.created_at <= engine.now]


def summary(image: Image, api: tuple[int, int], counted: bool = False) -> Body:
    """A row of the list; who counts shared layers and containers asks for it. Before 1.44 it has its size twice."""
    tagged = image.reference != "<none>"
    name = image.reference.rpartition(":")[0]
    return {
        "Id": image.id,
        "ParentId": "",
        "RepoTags": [image.reference] if tagged else [],
        "RepoDigests": [f"{name}@{image_id('manifest ' + image.reference)}"] if tagged else [],
        "Created": int(image.created_at),
        "Size": image.size,
        **({"VirtualSize": image.size} if api < (1, 44) else {}),
        "SharedSize": image.size // 4 if counted else -1,
        "Labels": image.labels or None,
        "Containers": image.containers if counted else -1,
    }


class Images:
    """Lists and describes images."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def list(self, request: Request) -> Response:
        """Images with a tag, and dangling ones unless they are filtered out."""
        asked = filters(request, _FILTERS)
        found = [
            image
            for image in images(self.engine)
            if labelled(asked, image.labels)
            and one_of(asked, "dangling", *(("true", "1") if image.reference == "<none>" else ("false", "0")))
            and one_of(asked, "reference", image.reference, image.reference.rpartition(":")[0])
        ]
        return json([summary(image, request.scope["docker_api"]) for image in found])

    async def inspect(self, request: Request) -> Response:
        """One image, by its reference or id."""
        wanted = request.path_params["name"]
        for image in images(self.engine):
            if wanted in (image.reference, image.id, image.id.removeprefix("sha256:")):
                return json(_inspected(image))
        raise ApiError(404, f"No such image: {wanted}")


def _inspected(image: Image) -> Body:
    row = summary(image, NEWEST)
    return {
        **{name: row[name] for name in ("Id", "RepoTags", "RepoDigests", "Size")},
        "Parent": "",
        "Comment": "buildkit.dockerfile.v0",
        "Created": nano(image.created_at),
        "Author": "",
        "Config": {"Cmd": command_of(image.reference), "Labels": image.labels or None},
        "Architecture": "amd64",
        "Os": "linux",
        "GraphDriver": {"Data": None, "Name": "overlay2"},
        "RootFS": {"Type": "layers", "Layers": [image_id(f"{image.reference} layer {n}") for n in range(6)]},
        "Metadata": {"LastTagTime": nano(image.created_at + 30)},
    }
