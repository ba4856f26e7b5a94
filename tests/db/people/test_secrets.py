"""Hashes of passwords and of secrets."""

import pytest

from db.errors import InvalidAccount
from db.people.secrets import hash_of_password, hash_of_secret, is_password, new_secret


def test_a_password_is_told_by_its_hash_and_an_account_without_one_has_none():
    kept = hash_of_password("correct horse")
    assert is_password("correct horse", kept) and not is_password("correct horses", kept)
    assert not is_password("", "") and not is_password("correct horse", "")
    assert hash_of_password("correct horse") != kept  # each has a salt of its own


@pytest.mark.parametrize(("password", "do"), [("short", "longer"), ("x" * 1001, "shorter")])
def test_a_password_has_8_to_1000_characters(password, do):
    with pytest.raises(InvalidAccount, match=rf"has {len(password)} characters.*Choose a {do} one"):
        hash_of_password(password)


def test_no_two_secrets_are_alike_and_a_hash_tells_nothing_of_its_own():
    one, other = new_secret(), new_secret()
    assert one != other and len(one) >= 40 and hash_of_secret(one) != hash_of_secret(other)
    assert one not in hash_of_secret(one)
