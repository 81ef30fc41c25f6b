"""The story asks enough, of everyone, both ways."""

from collections import Counter

from constructs_lib.story.play import CHAPTERS
from constructs_lib.story.row import Expected

ROWS = [row for rows in CHAPTERS.values() for row in rows()]


def test_more_than_forty_calls_are_made_and_both_answers_are_expected_in_every_chapter() -> None:
    assert len(ROWS) > 100
    for title, rows in CHAPTERS.items():
        assert {row.expected for row in rows()} == set(Expected), title


def test_no_two_rows_say_the_same() -> None:
    repeated = [sentence for sentence, times in Counter((row.who, row.what) for row in ROWS).items() if times > 1]
    assert repeated == []


def test_every_role_is_refused_something() -> None:
    refused = {row.who for row in ROWS if row.expected is Expected.REFUSED}
    assert {"Alice", "Bob", "Editor", "Guest", "Stranger", "Mallory", "Newcomer"} <= refused
