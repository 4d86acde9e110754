"""What a log tells of saving caches."""

import pytest

from console.insight.joblog import parse
from console.model.cache import JobLog, Outcome, Saved
from tests.insight.logs import CREATED, FAILED, GREEN, RESET, UPLOADING, YELLOW, checking, creating, log, section


def told(text: str | bytes) -> JobLog:
    return parse((text.encode() if isinstance(text, str) else text).split(b"\n"))


def saved(text: str | bytes) -> list[tuple[str, Saved]]:
    return [(one.key, one.outcome) for one in told(text).save]


FOUND = "node_modules/: found 27156 matching artifact files and directories "
STORED = "No URL provided, cache will not be uploaded to shared cache server. Cache will be stored only locally. "


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        ([FOUND, UPLOADING, CREATED], Saved.UPLOADED),
        (["vendor: found 3 matching files                    ", UPLOADING, CREATED], Saved.UPLOADED),
        (["WARNING: .npm/: no matching files ", UPLOADING, CREATED], Saved.UPLOADED),
        ([FOUND, STORED, CREATED], Saved.STORED_LOCAL),
        ([FOUND, STORED.replace("not be", "be not"), CREATED], Saved.STORED_LOCAL),
        (
            [
                FOUND,
                "Cache archive size (5368709121) is too big (Limit is set to 5368709120). "
                "Cache will be stored only locally. ",
                CREATED,
            ],
            Saved.STORED_LOCAL,
        ),
        ([FOUND, "Archive is up to date!                             ", CREATED], Saved.UP_TO_DATE),
        (["WARNING: .npm/: no matching files ", "WARNING: No files to cache.", CREATED], Saved.UP_TO_DATE),
        ([FOUND, UPLOADING, "FATAL: received: 403 Forbidden", f"{YELLOW}Failed to create cache{RESET}"], Saved.FAILED),
        (
            [FOUND, UPLOADING, "WARNING: Retrying...  error=received: 500", UPLOADING, CREATED],
            Saved.UPLOADED,
        ),
        ([FOUND, CREATED], Saved.STORED_LOCAL),
        ([FOUND, UPLOADING], Saved.UPLOADED),
    ],
)
def test_a_save_ends_as_its_lines_say(lines: list[str], outcome: Saved) -> None:
    assert saved(log([], save=[creating("main"), *lines])) == [("main", outcome)]


def test_a_failed_job_saves_in_a_section_of_its_own() -> None:
    assert saved(log([], save=[creating("main"), UPLOADING, CREATED], failed=True)) == [("main", Saved.UPLOADED)]


def test_a_cache_that_is_only_pulled_is_skipped_by_policy() -> None:
    lines = [f"{GREEN}Not uploading cache main-protected due to policy{RESET}", creating("pip"), UPLOADING, CREATED]
    assert saved(log([], save=lines)) == [("main-protected", Saved.SKIPPED_POLICY), ("pip", Saved.UPLOADED)]


def test_a_save_that_never_said_how_it_ended_is_not_told() -> None:
    assert saved(log([], save=[creating("main"), FOUND])[:-200]) == []


def test_a_copy_without_the_key_takes_it_from_the_url() -> None:
    url = "https://s3.example/runner/wn6/project/7/0_ops/lock-1"
    restore = "Restoring cache\nChecking cache for 0_ops/lock-1...\nWARNING: file does not exist\n"
    text = f"{restore}Failed to extract cache\n...\nUploading cache.zip to {url} \nCreated cache\n"
    assert saved(text) == [("0_ops/lock-1", Saved.UPLOADED)]
    assert saved(text.replace("project/7/", "")) == [("0_ops/lock-1", Saved.UPLOADED)]


FAKE = [creating("fake"), UPLOADING, CREATED]


def test_what_a_script_prints_is_not_counted() -> None:
    assert saved(log([], script=["$ cat old.log", *FAKE])) == []
    assert saved(log([], script=["$ cat old.log", section("archive_cache", FAKE), "more output"])) == []


def test_a_section_whose_end_the_script_faked_is_taken_back() -> None:
    script = ["$ cat old.log", "section_end:1700000001:step_script\r", section("archive_cache", FAKE), "more"]
    assert saved(log([], script=script)) == []
    assert "archive_cache" not in [one.name for one in told(log([], script=script)).sections]


def test_in_a_copy_without_sections_the_title_must_come_first() -> None:
    head = ["Restoring cache", "00:01", 'Executing "step_script" stage of the job script', "00:09", "$ cat old.log"]
    assert saved("\n".join([*head, *FAKE, "Job succeeded"])) == []
    assert saved("\n".join([*head, "Saving cache for successful job", *FAKE, "$ ls", "Job succeeded"])) == []
    real = ["Saving cache for successful job", "00:02", creating("main"), UPLOADING, CREATED, "Job succeeded"]
    assert saved("\n".join([*head, *FAKE, *real])) == [("main", Saved.UPLOADED)]


def test_in_a_copy_without_titles_a_save_is_the_last_thing_a_log_shows() -> None:
    head = ["$ make", "output", creating("main"), "vendor: found 3 matching files", UPLOADING, CREATED]
    assert saved("\n".join([*head, "Job succeeded"])) == [("main", Saved.UPLOADED)]
    assert saved("\n".join([*head, "$ cat old.log", "Job succeeded"])) == []
    assert saved("\n".join([*head, "tests passed", "Job succeeded"])) == []


def test_a_log_that_shows_only_the_save_does_not_tell_of_the_restore() -> None:
    assert told("\n".join([*FAKE, "Job succeeded"])).overall is Outcome.UNKNOWN


def test_a_restore_and_a_save_of_an_old_runner_are_read_without_titles() -> None:
    text = "\n".join(["Running with gitlab-ci-multi-runner 9.5.0", checking("main"), FAILED, "$ make", *FAKE])
    assert saved(text) == [("fake", Saved.UPLOADED)]
    assert told(text).overall is Outcome.MISS


def test_sections_are_told_with_their_durations() -> None:
    text = log([checking("main"), FAILED], script=["section_start:5:my_part[collapsed=true]\r\x1b[0KMine", "x"])
    told_of = {one.name: one.duration and one.duration.total_seconds() for one in told(text).sections}
    assert told_of["restore_cache"] == 4
    assert told_of["step_script"] == 60
    assert told_of["my_part"] is None
