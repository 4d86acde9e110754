"""The line that says why a job failed, in the words of common tools."""

import pytest

from console.insight.joblog import parse
from tests.insight.logs import log, section


def named(script: list[str]) -> str | None:
    error = parse(log([], script=script, failed=True).split(b"\n")).first_error
    return error.text if error else None


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        (["  ok keeps order (3 ms)", "FAILED test/socket.spec.ts::reconnects - Error: expected OPEN",
          "1 failed, 9 passed", "make: *** [Makefile:18: test] Error 1"],
         "FAILED test/socket.spec.ts::reconnects - Error: expected OPEN"),
        (["$ pytest", "tests/test_a.py F", "    def test_a():", ">       assert f() == 1", "E       assert 2 == 1",
          "FAILED tests/test_a.py::test_a - assert 2 == 1", "1 failed, 40 passed in 3.2s"], "E       assert 2 == 1"),
        (["$ go test ./...", "ok  \texample/a\t0.1s", "--- FAIL: TestB (0.00s)", "    b_test.go:9: want 1, got 2",
          "FAIL\texample/b\t0.1s"], "--- FAIL: TestB (0.00s)"),
        (["$ npm ci", "npm WARN deprecated har-validator@5.1.5: this library is no longer supported",
          "npm ERR! code ERESOLVE", "npm ERR! ERESOLVE unable to resolve dependency tree",
          "npm ERR! A complete log of this run can be found in: /root/.npm/_logs/x.log"],
         "npm ERR! ERESOLVE unable to resolve dependency tree"),
        (["$ cargo build", "   Compiling errors v0.3.1", "error[E0382]: borrow of moved value: `a`",
          " --> src/main.rs:4:5", "error: could not compile `x` due to previous error"],
         "error[E0382]: borrow of moved value: `a`"),
        (["$ mvn -B verify", "[INFO] BUILD FAILURE", "[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0",
          "[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:2.22.2:test"],
         "[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:2.22.2:test"),
        (["$ make", "gcc -Werror -c error.c", "src/a.c:14:9: error: expected ';' before 'return'",
          "make: *** [Makefile:3: a.o] Error 1"], "src/a.c:14:9: error: expected ';' before 'return'"),
        (["$ docker build .", "#9 [4/6] RUN apk add nothing", "#9 ERROR: process \"apk add\" did not complete",
          "ERROR: failed to solve: process did not complete successfully: exit code: 1"],
         '#9 ERROR: process "apk add" did not complete'),
        (["$ kubectl apply -f k.yml", "Error from server (Forbidden): deployments is forbidden"],
         "Error from server (Forbidden): deployments is forbidden"),
        (["$ terraform apply", "╷", "│ Error: Invalid reference", "│", "╵"], "│ Error: Invalid reference"),
        (["$ ./deploy", "/bin/bash: line 12: ansible: command not found"],
         "/bin/bash: line 12: ansible: command not found"),
        (["$ python -m app", "Traceback (most recent call last):", '  File "app.py", line 3, in <module>',
          "    main()", "KeyError: 'region'"], "KeyError: 'region'"),
        (["$ tsc", "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'."],
         "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'."),
        (["$ dotnet build", "Program.cs(7,3): error CS1002: ; expected [/src/a.csproj]"],
         "Program.cs(7,3): error CS1002: ; expected [/src/a.csproj]"),
        (["$ jest", "PASS src/a.test.js", "FAIL src/b.test.js", "  ● b › adds"], "FAIL src/b.test.js"),
        (["$ ./test.sh", "0 errors, 0 failures", "everything is odd"], "ERROR: Job failed: exit code 1"),
    ],
)  # fmt: skip
def test_the_cause_is_named_in_the_words_of_the_tool(script: list[str], cause: str) -> None:
    assert named(script) == cause


def test_a_command_that_was_survived_is_not_the_cause() -> None:
    script = ["$ ./lint || true", "ERROR: style is bad", "$ ./test", "FAIL\texample/b\t0.1s"]
    assert named(script) == "FAIL\texample/b\t0.1s".replace("\t", "    ")


def test_the_last_trouble_stands_when_the_last_command_says_nothing() -> None:
    assert named(["$ ./test", "ERROR: 3 tests failed", "$ exit 1"]) == "ERROR: 3 tests failed"


def test_a_job_that_succeeded_has_no_error() -> None:
    assert parse(log([], script=["$ ./test", "ERROR: ignored by nobody"]).split(b"\n")).first_error is None


def test_errors_of_artifacts_and_after_scripts_are_not_the_cause() -> None:
    text = log([], script=["$ ./test", "boom"], failed=True).decode()
    tail = section("upload_artifacts_on_failure", ["ERROR: No files to upload"])
    told = parse((text.replace("ERROR: Job failed", tail + "ERROR: Job failed")).encode().split(b"\n"))
    assert told.first_error is not None
    assert told.first_error.text.startswith("ERROR: Job failed")


def test_a_job_that_never_started_says_why() -> None:
    text = (
        "section_start:1:prepare_executor\r\x1b[0KPreparing\nERROR: Job failed (system failure): "
        "Cannot connect to the Docker daemon\n"
    )
    told = parse(text.encode().split(b"\n"))
    assert told.first_error is not None
    assert "Docker daemon" in told.first_error.text


def test_the_line_number_is_that_of_the_log() -> None:
    text = log([], script=["$ ./test", *["fine"] * 2_000, "panic: oh no", *["fine"] * 2_000], failed=True)
    error = parse(text.split(b"\n")).first_error
    assert error is not None
    assert text.split(b"\n")[error.line - 1] == b"panic: oh no"


def test_hostile_text_comes_out_plain() -> None:
    assert named(["$ x", "panic: \x1b]0;title\x07a\x1b[2Jb\u202ec\x00"]) == "panic: abc"


@pytest.mark.parametrize(
    "before", ["", "2026-05-08T09:28:48.074871Z 01O ", "2026-05-08T09:28:48.074871Z 01E ", "\x1b[1m\x1b[31m"]
)
def test_what_pytest_says_of_an_assertion_is_read_behind_timestamps_and_colours(before: str) -> None:
    head = [b"section_start:1778232531:step_script\r\x1b[0K", b"$ pytest"]
    tail = [b"section_end:1778232532:step_script\r\x1b[0K", b"ERROR: Job failed: exit code 1"]
    error = parse([*head, f"{before}E   assert 1 == 2".encode(), *tail]).first_error
    assert error is not None
    assert error.text == "E   assert 1 == 2"
