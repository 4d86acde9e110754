"""What a source costs before its first question."""

import subprocess
import sys


def test_the_sdk_is_imported_by_the_first_question_and_not_before() -> None:
    code = (
        "import sys; from console.sources.docker import DockerSource; DockerSource('a', 'unix:///a');"
        "sys.exit(' '.join({'docker', 'requests', 'urllib3'} & set(sys.modules)) or 0)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")
