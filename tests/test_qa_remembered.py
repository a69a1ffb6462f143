"""Remembering: the last few values, the least lately used forgotten first."""

from qa.remembered import Remembered


def test_the_least_recently_used_is_forgotten_first() -> None:
    remembered = Remembered[str, int](2)
    remembered.put("a", 1)
    remembered.put("b", 2)
    assert remembered.get("a") == 1
    remembered.put("c", 3)
    assert [remembered.get(key) for key in "abc"] == [1, None, 3]
    remembered.put("c", 4)
    assert [remembered.get(key) for key in "ac"] == [1, 4]
