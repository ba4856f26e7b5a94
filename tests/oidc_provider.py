"""A real OpenID Connect provider over loopback, in a process of its own, which also holds clients to PKCE."""

import base64
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx


@dataclass
class RunningProvider:
    """Where it answers."""

    issuer: str

    def environ(self, **more: str) -> dict[str, str]:
        """What the application is told of it."""
        told = {"ISSUER": self.issuer, "CLIENT_ID": "labelling", "CLIENT_SECRET": "a secret of theirs", **more}
        return {f"SSPCM_OIDC_{name}": value for name, value in told.items()}

    def knows(self, subject: str, **claims: Any) -> None:
        """Whom it signs in by that subject, and what it says of them."""
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def sign_in(self, address: str, subject: str) -> str:
        """As somebody does in its form; the address that it sends the browser back to."""
        answer = httpx.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def methods(self) -> list[str]:
        """The PKCE methods that clients used, in order."""
        return list(httpx.get(f"{self.issuer}/methods").json())


@contextmanager
def serving_provider() -> Iterator[RunningProvider]:
    """The provider; it ends with the context."""
    command = [sys.executable, "-P", "-W", "ignore", str(Path(__file__).resolve())]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        yield RunningProvider(f"http://127.0.0.1:{process.stdout.readline().strip()}")
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def serve() -> None:
    """Answer on a free port, which is said on stdout, until the process is ended."""
    import oidc_provider_mock
    from werkzeug.serving import make_server

    made = oidc_provider_mock.app()
    made.wsgi_app = _held_to_pkce(made.wsgi_app)
    server = make_server("127.0.0.1", 0, made, threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()


def _held_to_pkce(app: Any) -> Callable[..., Any]:
    """A code is given for the verifier alone whose hash the browser brought (RFC 7636)."""
    challenges: dict[str, str] = {}
    methods: list[str] = []

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] == "/methods":
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(methods).encode()]
        if environ["PATH_INFO"] == "/oauth2/authorize":
            asked = parse_qs(environ["QUERY_STRING"])

            def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                location = dict(headers).get("Location", "")
                for code in parse_qs(urlsplit(location).query).get("code", []):
                    challenges[code] = asked["code_challenge"][0]
                    methods.append(asked["code_challenge_method"][0])
                return start_response(status, headers, *more)

            return app(environ, started)
        if environ["PATH_INFO"] == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
            proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if challenges.pop(sent.get("code", ""), None) != proof:
                start_response("400 Bad Request", [("Content-Type", "application/json")])
                return [b'{"error": "invalid_grant"}']
            environ["wsgi.input"] = io.BytesIO(body)
        return app(environ, start_response)

    return call


if __name__ == "__main__":
    serve()
