"""Children are started, watched and ended; what went wrong with one is told with its own words."""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from cli.stack.child import Child, ChildCommand
from cli.stack.children import Children, run_to_end
from cli.stack.waiting import until
from fermata.errors import Unavailable

_LIMIT = timedelta(seconds=20)


def _shell(folder: Path, script: str, name: str = "child") -> ChildCommand:
    return ChildCommand(name=name, arguments=("/bin/sh", "-c", script), log=folder / f"{name}.log")


async def _started(child: Child, word: str = "up") -> None:
    assert await until(lambda: word in child.last_lines(), limit=_LIMIT)


async def test_the_youngest_is_stopped_first(tmp_path: Path) -> None:
    children = Children()
    order = tmp_path / "order"
    for name in ("first", "second", "third"):
        script = f"trap 'echo {name} >> {order}; exit' TERM; echo up; while :; do sleep 0.01; done"
        await _started(await children.start(_shell(tmp_path, script, name)))
    await children.stop()
    assert order.read_text().split() == ["third", "second", "first"]


async def test_a_child_that_will_not_stop_is_killed_with_its_own_children(tmp_path: Path) -> None:
    child = await Child.start(_shell(tmp_path, "trap '' TERM; echo up; sleep 1000 & echo $!; wait; wait"))
    await _started(child)
    assert await until(lambda: len(child.last_lines().split()) == 2, limit=_LIMIT)
    grandchild = int(child.last_lines().split()[1])
    assert await child.stop(timedelta(seconds=0.2)) == -signal.SIGKILL
    assert await until(lambda: not Path(f"/proc/{grandchild}/exe").exists(), limit=_LIMIT)


async def test_the_child_that_dies_is_named_with_its_last_lines(tmp_path: Path) -> None:
    children = Children()
    await children.start(_shell(tmp_path, "exec sleep 1000", "lives"))
    await children.start(_shell(tmp_path, "echo no room left; exit 3", "dies"))
    failure = await asyncio.wait_for(children.wait_for_failure(), _LIMIT.total_seconds())
    assert str(failure).startswith("dies ended unexpectedly, with status 3")
    assert "no room left" in str(failure)
    await children.stop()


async def test_a_child_that_is_released_may_end(tmp_path: Path) -> None:
    children = Children()
    child = await children.start(_shell(tmp_path, "exec sleep 1000"))
    watching = asyncio.create_task(children.wait_for_failure())
    children.release(child)
    await child.kill()
    other = await children.start(_shell(tmp_path, "exec sleep 1000", "other"))
    await other.kill()
    assert str(await watching).startswith("other ended unexpectedly, with status -9")


async def test_only_what_was_written_since_the_start_is_told(tmp_path: Path) -> None:
    for word in ("earlier", "now"):
        child = await Child.start(_shell(tmp_path, f"echo {word}"))
        await child.wait()
    assert child.last_lines() == "now"
    assert (tmp_path / "child.log").read_text() == "earlier\nnow\n"


async def test_a_program_that_cannot_be_run_says_so(tmp_path: Path) -> None:
    child = await Child.start(ChildCommand(name="none", arguments=("/no/such/program",), log=tmp_path / "log"))
    assert await child.wait() == 127
    assert "cannot run /no/such/program: No such file or directory" in str(child.failure("ended"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux' /proc")
async def test_a_child_ignores_no_signal_although_the_python_that_starts_it_does(tmp_path: Path) -> None:
    child = await Child.start(_shell(tmp_path, "exec grep SigIgn /proc/self/status"))
    await child.wait()
    known = (1 << 31) - 1  # signals 1 to 31; those above are real-time ones, two of which glibc keeps for itself
    assert int(child.last_lines().split()[1], 16) & known == 0


async def test_a_command_that_fails_tells_why(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"child failed with status 2[\s\S]*no such table"):
        await run_to_end(_shell(tmp_path, "echo no such table; exit 2"), limit=_LIMIT)


async def test_a_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="was not done within 0 s"):
        await run_to_end(_shell(tmp_path, "exec sleep 1000"), limit=timedelta(seconds=0.1))


async def test_stdout_can_go_to_a_file_of_its_own_that_only_we_can_read(tmp_path: Path) -> None:
    output = tmp_path / "answer.json"
    command = ChildCommand(
        name="asks", arguments=("/bin/sh", "-c", "echo '{}'; echo warning >&2"), log=tmp_path / "log", output=output
    )
    await run_to_end(command, limit=_LIMIT)
    assert output.read_text() == "{}\n"
    assert output.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "log").read_text() == "warning\n"
