"""The copy of users' choices, and what it says has changed."""

from hypothesis import given
from hypothesis import strategies as st

from cstagw.selection import Choice, Choices
from cstagw.selection.choices import key_of

ALICE = Choice("alice@example.com", "1001", "SEP1", "staff", 1000.0)
BOB = Choice("bob@example.com", "1001", "SEP2")
TAKEN_BACK = Choice(ALICE.user, ALICE.dn, "")


def choices_of(*given: Choice) -> Choices:
    choices = Choices()
    choices.apply(given)
    return choices


def test_a_choice_is_found_by_user_and_number() -> None:
    choices = choices_of(ALICE, BOB)
    assert (choices.of(ALICE.user, "1001"), choices.of(BOB.user, "1001")) == (ALICE, BOB)
    assert (choices.of(ALICE.user, "1002"), choices.of("", ""), len(choices)) == (None, None, 2)


def test_a_later_choice_takes_the_place_of_an_earlier_one() -> None:
    choices, other = choices_of(ALICE), Choice(ALICE.user, ALICE.dn, "SEP9")
    assert choices.apply([other]) == {key_of(ALICE)}
    assert (choices.of(*key_of(ALICE)), len(choices)) == (other, 1)


def test_a_choice_that_is_taken_back_is_gone() -> None:
    choices = choices_of(ALICE, BOB)
    assert choices.apply([TAKEN_BACK]) == {key_of(ALICE)}
    assert (choices.of(*key_of(ALICE)), len(choices)) == (None, 1)


def test_what_is_as_before_is_no_change() -> None:
    choices = choices_of(ALICE)
    assert choices.apply([ALICE, Choice("nobody@example.com", "1", "")]) == set()
    assert choices.replace([ALICE]) == set()


def test_all_at_once_gives_what_is_new_other_or_gone() -> None:
    gone, other = Choice("carol@example.com", "1", "SEP3"), Choice(ALICE.user, ALICE.dn, "SEP9")
    new = Choice("dave@example.com", "1", "SEP4")
    choices = choices_of(ALICE, BOB, gone)
    assert choices.replace([other, BOB, new]) == {key_of(ALICE), key_of(gone), key_of(new)}
    assert (len(choices), choices.of(*key_of(gone))) == (3, None)


def test_one_without_a_device_is_none() -> None:
    assert (choices_of(ALICE).replace([TAKEN_BACK]), len(choices_of(TAKEN_BACK))) == ({key_of(ALICE)}, 0)


_some = st.lists(
    st.builds(Choice, st.sampled_from("ab"), st.sampled_from("12"), st.sampled_from(["", "X", "Y"])),
    max_size=6,
)


@given(_some, _some)
def test_the_same_choices_lead_to_the_same_copy(before: list[Choice], after: list[Choice]) -> None:
    told, loaded = choices_of(*before), choices_of(*before)
    state = {key_of(one): one for one in [*before, *after]}
    loaded.replace(state.values())
    told.apply(after)
    for key in [(user, dn) for user in "ab" for dn in "12"]:
        wanted = state.get(key)
        assert told.of(*key) == loaded.of(*key) == (wanted if wanted and wanted.device else None)


@given(_some, _some)
def test_the_keys_are_those_under_which_something_is_different(
    before: list[Choice], after: list[Choice]
) -> None:
    choices = choices_of(*before)
    keys = [(user, dn) for user in "ab" for dn in "12"]
    was = {key: choices.of(*key) for key in keys}
    changed = choices.replace(after)
    assert changed == {key for key in keys if choices.of(*key) != was[key]}
