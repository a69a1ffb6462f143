"""A few builds killed while they write; `benchmarks/kill.py` kills two hundred."""

from running import Command


def test_killed_builds_leave_a_whole_index(command: Command) -> None:
    result = command("-m", "benchmarks.kill", "--kills", "3", "--articles", "60")
    assert result.stderr == ""
    *_, hits, problems = result.stdout.splitlines()
    assert hits.startswith("3 kills that hit {'first': 1, 'incremental': 1, 'full': 1}")
    assert problems == "problems: none"
