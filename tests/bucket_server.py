"""A real S3 server on this machine, behind a gate: shut, nobody reaches it, and it keeps what it has."""

import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Gate:
    """Passes connections on to a port, while it is open."""

    def __init__(self, to: int) -> None:
        self._to, self.port = to, free_port()
        self._lines = list[socket.socket]()
        self.open()

    def open(self) -> None:
        self._door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._let_in, args=[self._door], daemon=True).start()

    def shut(self) -> None:
        """Whoever is connected is cut off, and new ones are refused."""
        for line in (self._door, *self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        self._lines.clear()

    def _let_in(self, door: socket.socket) -> None:
        while True:
            try:
                one, _ = door.accept()
                other = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            self._lines += [one, other]
            for pair in ((one, other), (other, one)):
                threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(1 << 16):
                target.sendall(content)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


class BucketServer:
    """gate: in front of it. Everybody is let in with any credentials."""

    def __init__(self, port: int) -> None:
        self.gate = Gate(port)
        self._url = f"http://127.0.0.1:{port}"

    @property
    def environ(self) -> dict[str, str]:
        """What a process needs to reach it."""
        return {
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{self.gate.port}",
            "AWS_ACCESS_KEY_ID": "anybody",
            "AWS_SECRET_ACCESS_KEY": "a-secret-of-this-test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def new_bucket(self) -> str:
        """An empty one."""
        name = f"pool-{uuid.uuid4().hex[:12]}"
        assert httpx.put(f"{self._url}/{name}").status_code == 200
        return f"s3://{name}"


@contextmanager
def serving_buckets() -> Iterator[BucketServer]:
    port = free_port()
    environ = {**os.environ, "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            assert process.poll() is None
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        server = BucketServer(port)
        yield server
        server.gate.shut()
    finally:
        process.kill()
        process.wait()
