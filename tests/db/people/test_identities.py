"""Who of a provider has which account."""

from typing import Any

import pytest

from db.errors import AccountDisabled, InvalidAccount
from db.people import identities, users
from db.people.identities import NotAdded, Person
from db.store.session import Store

ISSUER = "https://login.example.org"
ANN = Person(ISSUER, "1", "ann@example.org", "ann")


def come_in(store: Store, person: Person, *, may_be_new: bool = False) -> tuple[str, str]:
    with store.transaction() as tx:
        user, how = identities.come_in(tx, person, may_be_new=may_be_new)
    return user.name, how


def test_an_address_links_once_and_then_the_subject_counts(store: Store, add_account: Any) -> None:
    ann = add_account(store, "Ann")
    with store.transaction() as tx:
        assert identities.expect(tx, ann.id, " Ann@Example.ORG ") == "ann@example.org"
    assert come_in(store, ANN) == ("Ann", "linked")
    assert come_in(store, Person(ISSUER, "1", "moved@example.org")) == ("Ann", "known")
    with pytest.raises(NotAdded, match="linked to somebody else"):
        come_in(store, Person(ISSUER, "2", "ann@example.org"))
    with pytest.raises(NotAdded, match="no account here is yours"):
        come_in(store, Person("https://another.example", "1"))


def test_an_address_is_one_accounts(store: Store, add_account: Any) -> None:
    ann, bea = add_account(store, "ann"), add_account(store, "bea")
    with store.transaction() as tx:
        identities.expect(tx, ann.id, "ann@example.org")
    with pytest.raises(InvalidAccount, match="the address of the account 'ann' already"), store.transaction() as tx:
        identities.expect(tx, bea.id, "ANN@example.org")
    for wrong in ("", "ann", "a@b@c", "a\n@b", "a" * 320 + "@b"):
        with pytest.raises(InvalidAccount, match="no e-mail address"), store.transaction() as tx:
            identities.expect(tx, bea.id, wrong)


def test_a_name_that_somebody_else_has_is_not_taken_over(store: Store, add_account: Any) -> None:
    add_account(store, "ann", "lead")
    with pytest.raises(NotAdded, match="there is an account 'ann' already, and nobody said that it is yours"):
        come_in(store, Person(ISSUER, "9", None, "ann"), may_be_new=True)
    with pytest.raises(NotAdded, match="neither your e-mail address"):
        come_in(store, Person(ISSUER, "9"), may_be_new=True)
    assert come_in(store, ANN, may_be_new=True) == ("ann@example.org", "added")
    with pytest.raises(NotAdded, match="linked to somebody else"):
        come_in(store, Person(ISSUER, "2", "ann@example.org"), may_be_new=True)


def test_the_last_lead_stays_one_whatever_the_provider_says(store: Store, add_account: Any) -> None:
    lea = add_account(store, "lea@example.org", "lead")
    said = Person(ISSUER, "3", "lea@example.org", is_lead=False)
    come_in(store, said)
    with store.reading() as tx:
        assert users.get_user(tx, lea.id).role == "lead"
        assert identities.changes_role(lea, said)
    add_account(store, "root", "lead")
    come_in(store, said)
    with store.reading() as tx:
        assert users.get_user(tx, lea.id).role == "annotator"


def test_a_disabled_account_is_told_to_its_owner_alone(store: Store, add_account: Any) -> None:
    ann = add_account(store, "ann@example.org")
    come_in(store, ANN)
    with store.transaction() as tx:
        users.disable(tx, ann.id)
    with pytest.raises(AccountDisabled, match="is disabled"):
        come_in(store, ANN)
    with pytest.raises(AccountDisabled), store.reading() as tx:
        identities.known(tx, ANN)
    with pytest.raises(NotAdded):
        come_in(store, Person(ISSUER, "2", "ann@example.org"))
