"""What an engine's disk holds."""

from ...model.engine import BuildCacheRecord, DiskUse
from ...text import clean
from .payloads import CacheRecord, DiskAnswer, ImageUse, moment


def disk_use(answer: DiskAnswer) -> DiskUse:
    """Sums as `docker system df` prints them."""
    images = answer.images or []
    volumes = (volume.usage_data.size for volume in answer.volumes or () if volume.usage_data is not None)
    return DiskUse(
        images_bytes=answer.layers_size,
        images_reclaimable_bytes=max(0, answer.layers_size - _held(images)),
        containers_bytes=sum(max(0, one.size_rw) for one in answer.containers or ()),
        volumes_bytes=sum(max(0, size) for size in volumes),
        build_cache=tuple(_record(one) for one in answer.build_cache or ()),
    )


def _held(images: list[ImageUse]) -> int:
    """Bytes of the images in use that they share with no other; an image with a size of -1 was not measured."""
    return sum(one.size - one.shared_size for one in images if one.containers and min(one.size, one.shared_size) >= 0)


def _record(one: CacheRecord) -> BuildCacheRecord:
    return BuildCacheRecord(
        id=clean(one.id, 100),
        kind=clean(one.type, 40),
        size_bytes=max(0, one.size),
        in_use=one.in_use,
        shared=one.shared,
        used=max(0, one.usage_count - 1),  # BuildKit counts the build that made the record too
        last_used_at=moment(one.last_used_at),
    )
