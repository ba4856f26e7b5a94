"""What a worker starts ends before others may begin."""

import threading
import time

from app.processes.lease import UNLIMITED, Lease


def test_a_process_has_ended_before_the_lease_is_over() -> None:
    lease = Lease(60.0)
    lease.renew(sent_at=1000.0)
    assert lease.until + lease.grace_s(20.0) <= 1060.0
    assert lease.grace_s(5.0) == 5.0


def test_news_that_come_late_count_from_when_they_were_sent() -> None:
    lease = Lease(0.2)
    lease.renew(time.monotonic() - 10.0)
    assert lease.until < time.monotonic()


def test_who_waits_goes_on_once_there_is_a_sign() -> None:
    lease = Lease(60.0)
    lease.renew(time.monotonic() - 100.0)
    waiting = threading.Thread(target=lease.wait, daemon=True)
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    lease.renew(time.monotonic())
    waiting.join(10)
    assert not waiting.is_alive()


def test_the_one_worker_of_a_home_waits_for_nobody() -> None:
    UNLIMITED.wait()
    assert UNLIMITED.grace_s(20.0) == 20.0
