"""What a log tells of restoring caches, over runner releases, executors and kinds of copies."""

import pytest

from console.insight.joblog import parse, uses
from console.model.cache import JobLog, Outcome, Restore, Via
from tests.insight.logs import (
    ABSENT,
    ABSENT_HERE,
    CREATED,
    DOWNLOADING,
    EXTRACTED,
    FAILED,
    GREEN,
    NO_URL,
    RED,
    RESET,
    UPLOADING,
    checking,
    creating,
    log,
    section,
)


def told(text: str | bytes) -> JobLog:
    return parse((text.encode() if isinstance(text, str) else text).split(b"\n"))


def tried(text: str | bytes) -> list[tuple[str, Outcome, bool]]:
    return [(one.key, one.outcome, one.fallback_attempt) for one in told(text).restore]


def only(text: str | bytes) -> Restore:
    (one,) = told(text).restore
    return one


HIT, MISS, ERROR = Outcome.HIT, Outcome.MISS, Outcome.ERROR


def test_a_download_and_an_extraction_are_a_remote_hit() -> None:
    one = only(log([checking("main-protected"), DOWNLOADING, EXTRACTED]))
    assert (one.key, one.outcome, one.via, one.reason) == ("main-protected", HIT, Via.REMOTE, "")


@pytest.mark.parametrize(
    ("line", "outcome", "via", "reason"),
    [
        ("FATAL: file does not exist                        ", MISS, Via.REMOTE_OR_LOCAL, "no such object"),
        ("WARNING: file does not exist                       ", MISS, Via.REMOTE_OR_LOCAL, "no such object"),
        ("WARNING: Cache file does not exist                 ", MISS, Via.LOCAL, "no archive on this runner"),
        ("FATAL: received: 403 Forbidden                     ", ERROR, Via.REMOTE, "403 Forbidden"),
        ("WARNING: received: 500 Internal Server Error ", ERROR, Via.REMOTE, "500 Internal Server Error"),
        ("WARNING: Received: 404 Not Found ", MISS, Via.REMOTE, "no such object"),
        ("WARNING: Get \"https://s3.example/x\": dial tcp 10.0.0.1:443: i/o timeout ", ERROR, None, "timed out"),
        ("FATAL: zip: not a valid zip file                   ", ERROR, None, "damaged archive"),
        ("WARNING: blob (key \"7/main\") (code=NotFound): storage: object doesn't exist", MISS, None, "no such object"),
        ("FATAL: open ../../cache/main/cache.zip: no such file or directory", MISS, Via.LOCAL, "no such object"),
        ("FATAL: write vendor/a.so: no space left on device", ERROR, None, "no space left on the runner"),
    ],
)  # fmt: skip
def test_a_failed_attempt_says_whether_the_cache_was_absent_or_the_lookup_broke(
    line: str, outcome: Outcome, via: Via | None, reason: str
) -> None:
    text = log([checking("main"), f"{RED}{line}{RESET}", FAILED])
    one = only(text)
    assert (one.outcome, one.reason) == (outcome, reason)
    assert via is None or one.via in (via, Via.REMOTE if "404" in line else via)
    assert told(text).overall is MISS


def test_the_deciding_line_is_named() -> None:
    text = log([checking("main"), ABSENT, FAILED])
    assert b"file does not exist" in text.split(b"\n")[(only(text).line or 0) - 1]
    text = log([checking("main"), DOWNLOADING, EXTRACTED])
    assert b"Successfully" in text.split(b"\n")[(only(text).line or 0) - 1]


def test_a_download_that_cannot_be_extracted_is_an_error() -> None:
    assert only(log([checking("main"), DOWNLOADING, FAILED])).outcome is ERROR


def test_retries_that_end_well_are_a_hit() -> None:
    retry = "WARNING: Retrying...                                error=received: 503 Service Unavailable"
    one = only(log([checking("main"), retry, retry, DOWNLOADING, EXTRACTED]))
    assert (one.outcome, one.reason) == (HIT, "")


def test_retries_that_end_badly_name_their_cause() -> None:
    retry = 'WARNING: Retrying...    error=Get "https://s3.example/main": dial tcp 10.0.0.1:9000: connection refused'
    one = only(log([checking("main"), retry, retry, FAILED]))
    assert (one.outcome, one.via, one.reason) == (ERROR, Via.REMOTE, "connection refused")


def test_an_archive_that_is_still_there_is_a_remote_hit() -> None:
    assert (
        only(log([checking("main"), "cache.zip is up to date                            ", EXTRACTED])).via
        is Via.REMOTE
    )


def test_without_a_url_the_cache_is_local() -> None:
    assert only(log([checking("main"), NO_URL, EXTRACTED])).via is Via.LOCAL
    old = "No URL provided, cache will be not downloaded from shared cache server. Instead a local version"
    assert only(log([checking("main"), old, EXTRACTED])).via is Via.LOCAL
    one = only(log([checking("main"), NO_URL, ABSENT_HERE, FAILED]))
    assert (one.outcome, one.via) == (MISS, Via.LOCAL)


def test_an_upload_later_in_the_log_tells_that_the_cache_is_shared() -> None:
    text = log([checking("main"), ABSENT, FAILED], save=[creating("main"), UPLOADING, CREATED])
    assert only(text).via is Via.REMOTE


def test_go_cloud_and_presigned_lookups_are_remote() -> None:
    for line in ("Using GoCloud URL for cache download", "Selecting alternate cache URL: newer"):
        assert only(log([checking("main"), line, ABSENT, FAILED])).via is Via.REMOTE


def test_a_fallback_key_that_is_extracted_is_a_partial_hit() -> None:
    text = log([checking("feature-7"), ABSENT, FAILED, checking("main"), DOWNLOADING, EXTRACTED])
    assert tried(text) == [("feature-7", MISS, False), ("main", HIT, True)]
    assert told(text).overall is Outcome.FALLBACK
    (use,) = uses(told(text))
    assert (use.key, use.outcome, use.via, use.reason) == ("feature-7", Outcome.FALLBACK, Via.REMOTE, "no such object")


def test_every_key_missed_is_one_miss() -> None:
    text = log([line for key in ("feature-7", "develop", "main") for line in (checking(key), ABSENT, FAILED)])
    assert [fallback for _, _, fallback in tried(text)] == [False, True, True]
    assert [use.key for use in uses(told(text))] == ["feature-7"]


def test_after_a_success_a_new_cache_starts() -> None:
    text = log([checking("npm"), DOWNLOADING, EXTRACTED, checking("pip"), ABSENT, FAILED])
    assert tried(text) == [("npm", HIT, False), ("pip", MISS, False)]
    assert told(text).overall is MISS
    assert [use.outcome for use in uses(told(text))] == [HIT, MISS]


def test_after_a_policy_line_a_new_cache_starts() -> None:
    policy = f"{GREEN}Not downloading cache out due to policy{RESET}"
    text = log([checking("npm"), ABSENT, FAILED, policy, checking("pip"), ABSENT, FAILED])
    assert [fallback for _, _, fallback in tried(text)] == [False, False]


def test_a_key_that_the_job_saves_is_no_fallback() -> None:
    text = log(
        [checking("npm"), ABSENT, FAILED, checking("pip"), DOWNLOADING, EXTRACTED],
        save=[creating("npm"), UPLOADING, CREATED, f"{GREEN}Not uploading cache pip due to policy{RESET}"],
    )
    assert tried(text) == [("npm", MISS, False), ("pip", HIT, False)]


def test_a_fallback_that_comes_again_shows_where_the_next_cache_starts() -> None:
    text = log([line for key in ("npm", "main", "pip", "main") for line in (checking(key), ABSENT, FAILED)])
    assert [(key, fallback) for key, _, fallback in tried(text)] == [
        ("npm", False), ("main", True), ("pip", False), ("main", True)
    ]  # fmt: skip


def test_numbered_keys_belong_to_different_caches() -> None:
    text = log([line for key in ("0_npm-aa", "1_pip-bb") for line in (checking(key), ABSENT, FAILED)])
    assert [fallback for _, _, fallback in tried(text)] == [False, False]


def test_the_configuration_settles_what_the_log_cannot() -> None:
    lines = log([line for key in ("a", "b", "c") for line in (checking(key), ABSENT, FAILED)]).split(b"\n")
    assert [one.fallback_attempt for one in parse(lines, keys_per_cache=[1, 2]).restore] == [False, False, True]


def test_step_mode_says_which_attempts_are_fallbacks() -> None:
    text = log([
        checking("feature"), ABSENT, "WARNING: Failed to extract cache feature: exit status 1",
        "Checking cache for main (fallback)...", ABSENT, "WARNING: Failed to extract cache main: exit status 1",
        checking("pip"), ABSENT, "WARNING: Failed to extract cache pip: exit status 1",
    ])  # fmt: skip
    assert tried(text) == [("feature", MISS, False), ("main", MISS, True), ("pip", MISS, False)]


def test_in_step_mode_only_the_last_try_counts() -> None:
    text = log([
        checking("main"), "WARNING: received: 502 Bad Gateway", "WARNING: Failed to extract cache main: exit status 1",
        "WARNING: Retrying cache extraction (attempt 2/3)...", checking("main"), DOWNLOADING, EXTRACTED,
    ])  # fmt: skip
    assert tried(text) == [("main", HIT, False)]


@pytest.mark.parametrize("key", ["unit test 1/8-v1", "0_composer/lock-1.2.3-non_protected", "a...b", "ünïcode", "x"])
def test_keys_may_hold_blanks_slashes_and_dots(key: str) -> None:
    assert only(log([checking(key), DOWNLOADING, EXTRACTED])).key == key


def test_no_restore_section_means_that_no_cache_is_configured() -> None:
    assert told(log(None)).overall is Outcome.NONE
    assert told(log([])).overall is Outcome.NONE


def test_a_cache_that_is_only_pushed_is_no_miss() -> None:
    text = log([f"{GREEN}Not downloading cache main due to policy{RESET}"], save=[creating("main"), UPLOADING, CREATED])
    assert told(text).overall is Outcome.NONE
    assert uses(told(text)) == ()


def test_an_empty_key_is_no_attempt() -> None:
    assert told(log([f"{GREEN}Skipping cache extraction due to empty cache key{RESET}"])).overall is Outcome.NONE


def test_a_runner_without_its_helper_tells_nothing() -> None:
    text = log(["WARNING: Missing gitlab-runner-helper. Extracting cache is disabled."])
    assert told(text).overall is Outcome.UNKNOWN


def test_a_log_cut_off_in_the_restore_is_unknown() -> None:
    whole = log([checking("main"), DOWNLOADING, EXTRACTED])
    cut = whole[: whole.index(b"Successfully")]
    assert told(cut).overall is Outcome.UNKNOWN
    assert uses(told(cut)) == ()
    assert told(b"").overall is Outcome.UNKNOWN


def test_a_job_that_never_reached_its_caches_is_unknown() -> None:
    text = section("prepare_executor", ["ERROR: Job failed (system failure): image not found"])
    assert told(text).overall is Outcome.UNKNOWN


FAKE = ["Restoring cache", checking("fake"), DOWNLOADING, EXTRACTED]


def test_what_a_script_prints_is_not_counted() -> None:
    assert tried(log([], script=[f"{GREEN}$ cat old.log{RESET}", *FAKE])) == []
    assert tried(log(None, script=[section("restore_cache", FAKE[1:])])) == []


def test_what_a_script_prints_into_a_copy_without_sections_is_not_counted() -> None:
    text = "\n".join(["Restoring cache", 'Executing "step_script" stage of the job script', "$ cat old.log", *FAKE])
    assert tried(text) == []
    assert tried("\n".join(["Running with gitlab-runner 11.0", "$ cat old.log", *FAKE[1:]])) == []


def test_commands_that_fetch_the_sources_come_before_the_caches() -> None:
    lines = ["Getting source from Git repository", "00:01", "$ git remote set-url origin x", "Restoring cache", "00:01"]
    text = "\n".join([*lines, "Checking cache for main...", "Successfully extracted cache"])
    assert tried(text) == [("main", HIT, False)]


def test_a_web_copy_may_have_the_clock_behind_the_title() -> None:
    text = "\n".join(["Restoring cache 00:07", "Checking cache for main...", "Successfully extracted cache",
                      'Executing "step_script" stage of the job script 01:02:03', "$ make"])  # fmt: skip
    assert tried(text) == [("main", HIT, False)]
    assert [(one.name, one.duration and one.duration.total_seconds()) for one in told(text).sections] == [
        ("restore_cache", 7), ("step_script", 3723)
    ]  # fmt: skip


def test_timestamps_and_continued_lines_are_put_together() -> None:
    stamp = "2026-05-08T09:28:48.074871Z"
    text = "\n".join([
        f"{stamp} 00O section_start:1778232527:restore_cache", f"{stamp} 00O+\x1b[0KRestoring cache",
        f"{stamp} 01O Checking cache for ma", f"{stamp} 01E WARNING: something else", f"{stamp} 01O+in-protected...",
        f"{stamp} 01E Downloading cache from https://s3.example/x", f"{stamp} 01O Successfully extracted cache",
        f"{stamp} 00O section_end:1778232530:restore_cache", f"{stamp} 00O+section_start:1778232530:step_script",
    ])  # fmt: skip
    assert tried(text) == [("main-protected", HIT, False)]
    assert told(text).sections[0].duration is not None


def test_a_copy_that_lost_the_escape_bytes_is_read_all_the_same() -> None:
    text = (
        "section_start:1:restore_cache[0K[0K[36;1mRestoring cache[0;m\n[32;1mChecking cache for main...[0;m\n"
        "Downloading cache from https://s3.example/x[0;m \n[32;1mSuccessfully extracted cache[0;m\n"
        "section_end:4:restore_cache[0K"
    )
    assert tried(text) == [("main", HIT, False)]
    assert told(text).sections[0].name == "restore_cache"


def test_markers_may_have_lost_their_control_bytes() -> None:
    text = (
        "section_start:1:restore_cacheRestoring cache\nChecking cache for main...\nSuccessfully extracted cache\n"
        "section_end:3:restore_cachesection_start:3:step_script"
    )
    assert tried(text) == [("main", HIT, False)]


def test_windows_line_ends_and_progress_bars_do_no_harm() -> None:
    text = log([checking("main"), "Downloading cache 1 MB/9 MB\rDownloading cache from https://x/y\r", EXTRACTED])
    assert tried(text.replace(b"\n", b"\r\n")) == [("main", HIT, False)]


def test_the_restore_time_is_shared_by_the_caches() -> None:
    text = log([checking("npm"), DOWNLOADING, EXTRACTED, checking("pip"), DOWNLOADING, EXTRACTED])
    assert [use.seconds for use in uses(told(text))] == [2.0, 2.0]


def test_a_stage_tried_again_counts_once() -> None:
    first = section("restore_cache", [checking("main"), "WARNING: received: 502 Bad Gateway", FAILED])
    again = section("restore_cache", [checking("main"), DOWNLOADING, EXTRACTED])
    assert tried(section("get_sources") + first + again + section("step_script")) == [("main", HIT, False)]


def test_an_author_may_have_written_beside_the_lines() -> None:
    text = "Checking cache for main...   ← the key\nFailed to extract cache          ← first run\n$ make\n"
    assert tried(text) == [("main", MISS, False)]


def test_a_copy_may_be_indented_and_have_lost_its_escape_bytes() -> None:
    text = "    [0Ksection_start:1:restore_cache\n    [0K[0K[36;1mRestoring cache[0;m[0;m\n" \
           "    [32;1mChecking cache for main-protected...[0;m\n    [32;1mSuccessfully extracted cache[0;m\n" \
           "    section_end:7:restore_cache\n"  # fmt: skip
    assert tried(text) == [("main-protected", HIT, False)]


def test_a_damaged_local_archive_is_an_error_and_cleaning_up_after_it_is_not() -> None:
    one = only(log([checking("main"), NO_URL, "FATAL: zip: checksum error", FAILED, "Removing .cache/bazel/disk"]))
    assert (one.outcome, one.via, one.reason) == (ERROR, Via.LOCAL, "damaged archive")


def test_an_old_runner_tells_without_sections_and_titles() -> None:
    text = "\n".join([
        "Running with gitlab-runner 11.8.0 (4745a6f3)", "Using Kubernetes executor with image openjdk:11-jdk-slim ...",
        "Cloning repository...", "Checking out 8f156473 as master...", "Skipping Git submodules setup",
        "Checking cache for master...", "Downloading cache.zip from http://minio:9000/%20/runner/h/project/28/master ",
        "Successfully extracted cache", "Downloading artifacts for build (4800)...", "$ mvn verify",
        "ERROR: Job failed: command terminated with exit code 137",
    ])  # fmt: skip
    assert tried(text) == [("master", HIT, False)]
    assert told(text).overall is HIT
    assert told("\n".join([*text.split("\n")[:5], "$ mvn verify"])).overall is Outcome.NONE
