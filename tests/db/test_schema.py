"""What the tables are called and what they keep."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from db.schema import Base, UtcDateTime, is_ours


def test_no_table_has_a_name_of_the_job_engines():
    from dbos._schemas.system_database import SystemSchema

    theirs = {name.split(".")[-1] for name in SystemSchema.metadata_obj.tables}
    assert not theirs & set(Base.metadata.tables)


def test_a_moment_comes_back_in_utc_from_either_database():
    moment = datetime(2030, 5, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        stored = UtcDateTime().process_bind_param(moment, dialect)
        assert UtcDateTime().process_result_value(stored, dialect) == datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        UtcDateTime().process_bind_param(datetime(2030, 5, 1), sqlite.dialect())


def test_the_job_engines_tables_are_left_alone():
    assert [is_ours(name, "table", None) for name in ("images", "workflow_status")] == [True, False]
    assert is_ours("any", "index", None)
