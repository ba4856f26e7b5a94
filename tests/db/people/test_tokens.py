"""API tokens."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from db.errors import InvalidAccount, NotFound
from db.people import tokens, users


@pytest.fixture
def ann(store):
    with store.transaction() as tx:
        return users.add_user(tx, "ann", "annotator", "correct horse")


@pytest.fixture
def lea(store):
    with store.transaction() as tx:
        return users.add_user(tx, "lea", "lead", "correct horse")


def make(store, owner, scope="read", *, now, days=None, name="script"):
    with store.transaction() as tx:
        return tokens.make_token(tx, owner, name, scope, now=now, days=days)


def whose(store, token, now):
    with store.reading() as tx:
        return tokens.session_of_token(tx, token, now=now)


def test_a_token_is_its_owners_with_its_scope_until_it_is_over_or_revoked(store, ann, now):
    token, record = make(store, ann, "label", now=now, days=1)
    found = whose(store, token, now)
    assert (found.user, found.scope, found.token, found.csrf) == (ann, "label", "script", "")
    assert token.startswith("pl_") and token.startswith(record.begins) and len(record.begins) < 12
    assert whose(store, token, now + timedelta(days=1)) is None
    assert whose(store, token[:-1], now) is None
    with store.transaction() as tx:
        assert tokens.revoke_token(tx, record.id, by=ann) == record
    assert whose(store, token, now) is None
    with pytest.raises(NotFound, match="revoked already"), store.transaction() as tx:
        tokens.revoke_token(tx, record.id, by=ann)


def test_the_store_keeps_no_token(store, ann, now):
    token, _ = make(store, ann, now=now)
    with store.reading() as tx:
        kept = [str(value) for value in tx.execute(text("SELECT * FROM api_tokens")).one()]
    assert not any(token in value for value in kept)


def test_others_tokens_are_revoked_by_leads_alone(store, ann, lea, now):
    _, leads = make(store, lea, now=now)
    _, anns = make(store, ann, now=now)
    with pytest.raises(NotFound), store.transaction() as tx:
        tokens.revoke_token(tx, leads.id, by=ann)
    with store.transaction() as tx:
        tokens.revoke_token(tx, anns.id, by=lea)
    with store.reading() as tx:
        assert tokens.list_tokens(tx) == [leads] and tokens.list_tokens(tx, ann) == []


def test_a_lead_who_is_one_no_more_has_no_leads_token(store, lea, now):
    token, _ = make(store, lea, "lead", now=now)
    with store.transaction() as tx:
        users.add_user(tx, "other", "lead", "correct horse")
        users.set_role(tx, lea.id, "annotator")
    assert whose(store, token, now).scope == "label"
    with store.transaction() as tx:
        users.disable(tx, lea.id)
    assert whose(store, token, now) is None


def test_its_use_is_noted_to_the_minute(store, ann, now):
    token, record = make(store, ann, now=now)
    assert record.used_at is None
    for seconds, noted in ((5, 5), (50, 5), (70, 70)):
        with store.transaction() as tx:
            tokens.note_used(tx, token, now=now + timedelta(seconds=seconds))
            assert tokens.list_tokens(tx, ann)[0].used_at == now + timedelta(seconds=noted)


@pytest.mark.parametrize(("name", "scope", "said"), [
    ("", "read", "has 0 characters; wanted 1 to 64"),
    ("x" * 65, "read", "has 65 characters"),
    ("a\nb", "read", "printable"),
    ("mine", "lead", "for leads; choose 'read' or 'label'"),
])  # fmt: skip
def test_what_no_token_can_be_is_refused(store, ann, now, name, scope, said):
    with pytest.raises(InvalidAccount, match=said):
        make(store, ann, scope, now=now, name=name)


def test_an_account_has_fifty_tokens_at_most(store, ann, now):
    with store.transaction() as tx:
        for number in range(tokens.MOST):
            tokens.make_token(tx, ann, f"script {number}", "read", now=now)
    with pytest.raises(InvalidAccount, match="there are 50 tokens of 'ann' already"):
        make(store, ann, now=now)
