"""Who is left out follows from who they are."""

from hypothesis import given
from hypothesis import strategies as st

from sspcm.left_out import held_out


@given(st.integers(1, 300), st.floats(0, 0.33))
def test_networks_leave_out_others_and_few_is_none(count, share):
    left_out = [held_out(range(count), share, network=network) for network in range(3)]
    together = [i for own in left_out for i in own]
    assert len(set(together)) == len(together)
    assert all(not own or len(own) >= 4 for own in left_out)
    assert share or not together


def test_about_the_share_is_left_out():
    assert 150 < len(held_out(range(1000), 0.2, network=1)) < 250


def test_who_was_left_out_stays_left_out_when_others_are_labelled():
    earlier, later = [3, 7, *range(100, 180)], [5, *range(60), *range(100, 200)]
    one, other = ({ids[i] for i in held_out(ids, 0.2, network=0)} for ids in (earlier, later))
    assert one & set(later) == other & set(earlier) and len(one) >= 8


@given(st.integers(12, 60), st.integers(0, 60), st.floats(0.01, 0.33))
def test_whom_a_network_learned_from_it_never_leaves_out_later(count, more, share):
    for network in range(3):
        before = set(held_out(range(count), share, network=network))
        after = held_out(range(count + more), share, network=network)
        assert not before or {i for i in after if i < count} <= before


def test_of_few_persons_more_are_left_out():
    """25 labelled persons are few, and both teachers' together are enough to tell."""
    assert sum(len(held_out(range(25), 0.2, network=network)) for network in range(2)) >= 12
