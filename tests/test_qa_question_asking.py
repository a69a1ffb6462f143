"""What asks nothing: greetings, remarks about oneself and rows of numbers; and what only looks so."""

import pytest

from qa.question.understand import asks_nothing

NOTHING = """
ok
Hello!
Thanks a lot
thank you very much
Good morning
How are you?
lol
12 34 56 78 90
I had toast for breakfast
I'm tired.
i’m so tired
my cat is black
We went to the seaside.
""".strip().split("\n")

SOMETHING = """
Why is Obama wary of intervention?
obama syria memo
2016
9/11
Is it ok?
I want to know who won
I'd like the latest on Brexit
I had lunch with Obama
My Lai massacre
We Are the World
We lost how many seats?
Yes Minister
No deal Brexit
Nice attack
Great Barrier Reef
test cricket
OK Google
Thank God It's Friday
The Who
12 Angry Men
Iraq war
""".strip().split("\n")


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_asked(text: str) -> None:
    assert asks_nothing(text)


@pytest.mark.parametrize("text", SOMETHING)
def test_something_is_asked(text: str) -> None:
    assert not asks_nothing(text)
