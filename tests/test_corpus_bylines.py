"""The people of a byline."""

import pytest

from corpus.bylines import people

BYLINES = {
    "By Ann Lee and Bo Ray": ["Ann Lee", "Bo Ray"],
    "Von Ann Lee und Bo Ray": ["Ann Lee", "Bo Ray"],
    "Par Ann Lee et Bo Ray": ["Ann Lee", "Bo Ray"],
    "Por Ann Lee y Bo Ray": ["Ann Lee", "Bo Ray"],
    "Text: Ann Lee": ["Ann Lee"],
    "Ann Lee, Bo Ray & Cy Day": ["Ann Lee", "Bo Ray", "Cy Day"],
    "Ann Lee | The Port Herald": ["Ann Lee", "The Port Herald"],
    "By Ann Lee, CNN": ["Ann Lee"],
    "Ann Lee, City Writer": ["Ann Lee"],
    "Ann Lee (al)": ["Ann Lee"],
    "Lee, Ann": ["Ann Lee"],
    "Lee, Ann Marie": ["Ann Marie Lee"],
    "AFP, Reuters": ["AFP", "Reuters"],
    "CNN": ["CNN"],
    "Staff": ["Staff"],
    "Ann E. Lee": ["Ann E. Lee"],
    "José y Gasset": ["José y Gasset"],
    "Alexander Sandy": ["Alexander Sandy"],
    "": [],
    ", ": [],
}


@pytest.mark.parametrize(("byline", "names"), BYLINES.items())
def test_people(byline: str, names: list[str]) -> None:
    assert people(byline) == names
