"""Makes job logs in the runner's own format, for the tests of what reads them."""

from collections.abc import Sequence

ERASE = "\x1b[0K"
GREEN, YELLOW, RED, CYAN, RESET = "\x1b[32;1m", "\x1b[0;33m", "\x1b[31;1m", "\x1b[36;1m", "\x1b[0;m"
TITLES = {
    "prepare_executor": 'Preparing the "docker" executor',
    "get_sources": "Getting source from Git repository",
    "restore_cache": "Restoring cache",
    "download_artifacts": "Downloading artifacts",
    "step_script": 'Executing "step_script" stage of the job script',
    "after_script": "Running after_script",
    "archive_cache": "Saving cache for successful job",
    "archive_cache_on_failure": "Saving cache for failed job",
    "upload_artifacts_on_failure": "Uploading artifacts for failed job",
}


def section(name: str, lines: Sequence[str] = (), *, start: int = 1_700_000_000, seconds: int = 1) -> str:
    """One section as the runner sends it, its end glued to what follows."""
    title = f"{ERASE}{CYAN}{TITLES[name]}{RESET}{RESET}\n" if name in TITLES else ""
    body = "".join(f"{line}\n" for line in lines)
    return f"section_start:{start}:{name}\r{ERASE}{title}{body}section_end:{start + seconds}:{name}\r{ERASE}"


def log(
    restore: Sequence[str] | None = (),
    script: Sequence[str] = (f"{GREEN}$ make{RESET}", "done"),
    save: Sequence[str] | None = None,
    *,
    failed: bool = False,
) -> bytes:
    """A whole log with sections; None leaves the section out, as newer runners do when nothing is configured."""
    parts = [
        f"{ERASE}Running with gitlab-runner 17.4.0 (b92ee590){RESET}\n",
        section("prepare_executor", ["Using Docker executor with image alpine ..."]),
        section("get_sources", [f"{GREEN}Fetching changes...{RESET}"]),
        section("restore_cache", restore, seconds=4) if restore is not None else "",
        section("step_script", script, seconds=60),
        section("archive_cache_on_failure" if failed else "archive_cache", save) if save is not None else "",
        section("cleanup_file_variables"),
        f"{RED}ERROR: Job failed: exit code 1\n{RESET}" if failed else f"{GREEN}Job succeeded{RESET}\n",
    ]
    return "".join(parts).encode()


def checking(key: str) -> str:
    """An attempt starts."""
    return f"{GREEN}Checking cache for {key}...{RESET}"


EXTRACTED = f"{GREEN}Successfully extracted cache{RESET}"
FAILED = f"{YELLOW}Failed to extract cache{RESET}"
ABSENT = f"{YELLOW}WARNING: file does not exist                       {RESET} "
ABSENT_HERE = f"{YELLOW}WARNING: Cache file does not exist                 {RESET} "
NO_URL = (
    "No URL provided, cache will not be downloaded from shared cache server. "
    f"Instead a local version of cache will be extracted.{RESET} "
)
DOWNLOADING = f'Downloading cache from https://s3.example/runner/project/7/main-protected{RESET}  ETag{RESET}="a1"'
CREATED = f"{GREEN}Created cache{RESET}"


def creating(key: str) -> str:
    """A save starts."""
    return f"{GREEN}Creating cache {key}...{RESET}"


UPLOADING = f"Uploading cache.zip to https://s3.example/runner/project/7/main-protected{RESET} "
